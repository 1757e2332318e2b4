using System.Globalization;
using System.Text;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Pipeline;

/// <summary>A reading as text, for the evidence of a case.</summary>
internal static class ReadingText
{
    /// <summary>The present values of a row, for example <c>water_level 0.42 m, battery 88 %</c>.</summary>
    public static string Of(ReadingBatch batch, int row)
    {
        StringBuilder text = new();
        ReadOnlySpan<double> values = batch.Values(row);
        for (int c = 0; c < values.Length; c++)
        {
            if (!double.IsNaN(values[c]))
            {
                FieldDefinition field = batch.Profile.Fields[c];
                string value = field.Type switch
                {
                    FieldType.Enumeration => field.Values[(int)values[c]],
                    FieldType.Boolean => values[c] != 0 ? "true" : "false",
                    _ => values[c].ToString("R", CultureInfo.InvariantCulture),
                };
                text.Append(text.Length > 0 ? ", " : "").Append(field.Name).Append(' ').Append(value).Append(field.Unit.Length > 0 ? " " : "").Append(field.Unit);
            }
        }

        return text.ToString();
    }
}
