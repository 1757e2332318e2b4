namespace Gateway.Protocols.Payloads.Json;

/// <summary>Why a <see cref="JsonScanner"/> stopped.</summary>
public enum JsonError : byte
{
    /// <summary>No error.</summary>
    None,

    /// <summary>Not JSON as RFC 8259 has it, or not UTF-8.</summary>
    Malformed,

    /// <summary>JSON so far, but nested deeper than the scanner's limit.</summary>
    TooDeep,
}
