using System.Globalization;
using Gateway.Protocols.Devices;

namespace Gateway.Rules.Expressions;

/// <summary>Values of fields as people read them.</summary>
public static class ValueText
{
    /// <summary>A value with its unit, an enumeration's or boolean's text, or <c>unknown</c> for NaN.</summary>
    public static string Format(FieldDefinition field, double value)
    {
        if (double.IsNaN(value))
        {
            return "unknown";
        }

        switch (field.Type)
        {
            case FieldType.Boolean:
                return value != 0 ? "true" : "false";
            case FieldType.Enumeration when value >= 0 && value < field.Values.Count:
                return field.Values[(int)value];
            default:
                string number = value.ToString("0.######", CultureInfo.InvariantCulture);
                return field.Unit.Length == 0 ? number : $"{number} {field.Unit}";
        }
    }
}
