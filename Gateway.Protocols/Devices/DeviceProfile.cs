namespace Gateway.Protocols.Devices;

/// <summary>
/// What one kind of device measures and how it says so: topics, payload format, fields, units, ranges. Immutable; one per kind.
/// </summary>
public sealed class DeviceProfile
{
    /// <summary>At most this many fields, so that presence fits one 64-bit mask.</summary>
    public const int FieldCountLimit = 64;

    /// <summary>Creates a profile; the column of a field is its position in <paramref name="fields"/>.</summary>
    /// <exception cref="ArgumentException">More than <see cref="FieldCountLimit"/> fields, or a name twice.</exception>
    public DeviceProfile(string kind, IReadOnlyList<TopicPattern> topics, IReadOnlyList<FieldDefinition> fields)
    {
        if (fields.Count > FieldCountLimit)
        {
            throw new ArgumentException($"a profile has at most {FieldCountLimit} fields", nameof(fields));
        }

        Kind = kind;
        Topics = topics;
        Fields = fields;
        ColumnByName = fields.Select((field, column) => (field.Name, column)).ToDictionary(f => f.Name, f => f.column, StringComparer.Ordinal);
        HasPseudonyms = fields.Any(f => f.Type == FieldType.Pseudonym);
    }

    /// <summary>The kind, for example <c>flood</c>; also the topic level.</summary>
    public string Kind { get; }

    /// <summary>What people call it, Chinese and English.</summary>
    public string Title { get; init; } = "";

    /// <summary>Topics this kind's devices publish readings on.</summary>
    public IReadOnlyList<TopicPattern> Topics { get; }

    /// <summary>Name of the payload decoder; <c>json</c> is canonical JSON.</summary>
    public string Format { get; init; } = "json";

    /// <summary>The fields; a field's index here is its column in a reading batch.</summary>
    public IReadOnlyList<FieldDefinition> Fields { get; }

    /// <summary>Column by field name.</summary>
    public IReadOnlyDictionary<string, int> ColumnByName { get; }

    /// <summary>How often a healthy device reports; zero for devices that only send events.</summary>
    public TimeSpan ReportingInterval { get; init; }

    /// <summary>Life-safety kinds are the last to be refused when storage runs short.</summary>
    public bool LifeSafety { get; init; }

    /// <summary>Whether some field must be pseudonymised before anything is written.</summary>
    public bool HasPseudonyms { get; }
}
