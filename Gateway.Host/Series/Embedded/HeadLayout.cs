using Gateway.Protocols.Devices;

namespace Gateway.Host.Series.Embedded;

/// <summary>Which column of a head each field of a profile goes to. Immutable, shared by the devices of a profile.</summary>
internal sealed class HeadLayout
{
    private HeadLayout(DeviceProfile profile, int[] columnOfField, string[] metrics)
    {
        Profile = profile;
        ColumnOfField = columnOfField;
        Metrics = metrics;
        FieldsAreColumns = columnOfField.Length == metrics.Length && columnOfField.Index().All(c => c.Item == c.Index);
    }

    /// <summary>The profile it maps from.</summary>
    public DeviceProfile Profile { get; }

    /// <summary>Column by field; -1 for fields that are no numbers.</summary>
    public int[] ColumnOfField { get; }

    /// <summary>Metric by column.</summary>
    public string[] Metrics { get; }

    /// <summary>Whether field and column are the same for all, so that a row can be copied whole.</summary>
    public bool FieldsAreColumns { get; }

    /// <summary>The layout of a head that has seen no other profile.</summary>
    public static HeadLayout Of(DeviceProfile profile, SeriesNames names) => Extend([], profile, names);

    /// <summary>The layout after a reload brought another profile: known metrics keep their columns, new ones get theirs at the end.</summary>
    public HeadLayout Extend(DeviceProfile profile, SeriesNames names) => Extend(Metrics, profile, names);

    private static HeadLayout Extend(string[] known, DeviceProfile profile, SeriesNames names)
    {
        List<string> metrics = [.. known];
        int[] columns = new int[profile.Fields.Count];
        for (int field = 0; field < columns.Length; field++)
        {
            FieldDefinition definition = profile.Fields[field];
            columns[field] = definition.IsNumeric ? metrics.IndexOf(definition.Name) : -1;
            if (definition.IsNumeric && columns[field] < 0)
            {
                columns[field] = metrics.Count;
                metrics.Add(names.Share(definition.Name));
            }
        }

        return new HeadLayout(profile, columns, [.. metrics]);
    }
}
