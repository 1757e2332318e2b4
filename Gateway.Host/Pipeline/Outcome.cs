using Gateway.Protocols.Payloads;

namespace Gateway.Host.Pipeline;

/// <summary>What became of a message: every one that arrives has exactly one. The numbers are in checkpoints: never reuse one.</summary>
internal enum Outcome : byte
{
    /// <summary>Decoded and kept.</summary>
    Stored = 0,

    /// <summary>The same as one before: changed nothing.</summary>
    Duplicate = 1,

    /// <summary>Not valid JSON.</summary>
    NotJson = 2,

    /// <summary>Not an object or array of objects.</summary>
    NotAnObject = 3,

    /// <summary>A member twice.</summary>
    DuplicateField = 4,

    /// <summary>A value of the wrong type; the message's good values were used.</summary>
    WrongType = 5,

    /// <summary>A value its sensor cannot report; the message's good values were used.</summary>
    OutOfRange = 6,

    /// <summary>A time that is none; the values were used with the receive time.</summary>
    BadTime = 7,

    /// <summary>Too many observations.</summary>
    TooManyReadings = 8,

    /// <summary>No field of the profile.</summary>
    NoKnownField = 9,

    /// <summary>The device is not registered.</summary>
    UnknownDevice = 10,

    /// <summary>The device is registered as another kind than its topic says.</summary>
    WrongKind = 11,

    /// <summary>No profile of the snapshot that was active binds the topic any more.</summary>
    NoProfile = 12,

    /// <summary>The profile's payload format has no decoder.</summary>
    NoDecoder = 13,
}

/// <summary>Names and groups of outcomes.</summary>
internal static class Outcomes
{
    /// <summary>How many there are.</summary>
    public const int Count = 14;

    private static readonly string[] Names =
    [
        "stored", "duplicate", "not_json", "not_an_object", "duplicate_field", "wrong_type", "out_of_range", "bad_time",
        "too_many_readings", "no_known_field", "unknown_device", "wrong_kind", "no_profile", "no_decoder",
    ];

    /// <summary>The name in the API and in metrics.</summary>
    public static string Name(this Outcome outcome) => Names[(int)outcome];

    /// <summary>Whether it puts the message into quarantine.</summary>
    public static bool IsQuarantine(this Outcome outcome) => outcome > Outcome.Duplicate;

    /// <summary>The outcome of a decoder's fault.</summary>
    public static Outcome From(PayloadFault fault) => fault switch
    {
        PayloadFault.None => Outcome.Stored,
        PayloadFault.NotJson => Outcome.NotJson,
        PayloadFault.NotAnObject => Outcome.NotAnObject,
        PayloadFault.DuplicateField => Outcome.DuplicateField,
        PayloadFault.WrongType => Outcome.WrongType,
        PayloadFault.OutOfRange => Outcome.OutOfRange,
        PayloadFault.BadTime => Outcome.BadTime,
        PayloadFault.TooManyReadings => Outcome.TooManyReadings,
        PayloadFault.NoKnownField => Outcome.NoKnownField,
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "a fault without an outcome"),
    };
}
