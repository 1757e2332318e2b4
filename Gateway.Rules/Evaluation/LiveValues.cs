using Gateway.Protocols.Devices;
using Gateway.Rules.Compilation;
using Gateway.Rules.Expressions;

namespace Gateway.Rules.Evaluation;

/// <summary>Latest live values by column, for texts; the kernels read the cells themselves.</summary>
internal sealed class LiveValues(DeviceTable table, DeviceRegister devices, CalendarWatch calendars)
{
    /// <summary>The device's id.</summary>
    public string DeviceId(int device) => devices.Devices[device].Id;

    /// <summary>Value by column; NaN for a column no rule reads or that was never reported.</summary>
    public Func<int, double> Of(CompiledRule rule, int device) => column =>
    {
        if (column >= DuringTerm.FirstColumn)
        {
            return calendars.Values[column - DuringTerm.FirstColumn];
        }

        int position = rule.Layout.PositionOf(column);
        return position < 0 ? double.NaN : table.Block(device, out int at)[at + DeviceTable.ValuesAt + position];
    };

    /// <summary>The values the rule reads, for example <c>water_level 0.42 m</c>, in the order of the profile.</summary>
    public IReadOnlyList<string> Texts(CompiledRule rule, int device)
    {
        Func<int, double> values = Of(rule, device);
        List<string> texts = [];
        for (int position = 0; position < rule.Layout.Columns.Length; position++)
        {
            if ((rule.Positions >> position & 1) != 0)
            {
                int column = rule.Layout.Columns[position];
                FieldDefinition field = rule.Profile.Fields[column];
                texts.Add($"{field.Name} {ValueText.Format(field, values(column))}");
            }
        }

        return texts;
    }
}
