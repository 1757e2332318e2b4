namespace Gateway.Protocols.Payloads;

/// <summary>Why a payload, or a part of it, could not become readings. The names in snake case are the quarantine reasons.</summary>
public enum PayloadFault : byte
{
    /// <summary>No fault.</summary>
    None,

    /// <summary>Not valid JSON (or not UTF-8).</summary>
    NotJson,

    /// <summary>Valid JSON but neither an object nor an array of objects, or nested deeper than the limit.</summary>
    NotAnObject,

    /// <summary>A member name twice in one object.</summary>
    DuplicateField,

    /// <summary>A field's value has another type than its profile says.</summary>
    WrongType,

    /// <summary>A number outside the range of its sensor, or a text an enumeration does not list.</summary>
    OutOfRange,

    /// <summary><c>ts</c> is neither Unix milliseconds nor RFC 3339.</summary>
    BadTime,

    /// <summary>More observations in one message than the limit.</summary>
    TooManyReadings,

    /// <summary>No field of the profile in the message.</summary>
    NoKnownField,
}
