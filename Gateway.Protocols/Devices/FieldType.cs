namespace Gateway.Protocols.Devices;

/// <summary>What values a field of a device profile takes. Every type but text and pseudonym is held as a <see cref="double"/>.</summary>
public enum FieldType : byte
{
    /// <summary>Any finite number.</summary>
    Number,

    /// <summary>A number without a fraction, within +-2^53.</summary>
    Integer,

    /// <summary>true or false, held as 1 and 0.</summary>
    Boolean,

    /// <summary>One of the texts the profile lists, held as its position in that list.</summary>
    Enumeration,

    /// <summary>Free text of at most 256 bytes: kept as evidence, not a series, not usable in rules.</summary>
    Text,

    /// <summary>Text that points at a person (a card number): replaced by a keyed hash before anything is written.</summary>
    Pseudonym,
}
