namespace Gateway.Protocols.Payloads.Json;

/// <summary>What <see cref="JsonScanner.Read"/> found.</summary>
public enum JsonToken : byte
{
    /// <summary>Nothing read yet, the end of the text, or an error.</summary>
    None,

    /// <summary><c>{</c></summary>
    StartObject,

    /// <summary><c>}</c></summary>
    EndObject,

    /// <summary><c>[</c></summary>
    StartArray,

    /// <summary><c>]</c></summary>
    EndArray,

    /// <summary>A member name; <see cref="JsonScanner.Value"/> is what stands between the quotes.</summary>
    Name,

    /// <summary>A string value; <see cref="JsonScanner.Value"/> is what stands between the quotes.</summary>
    Text,

    /// <summary>A number; <see cref="JsonScanner.Value"/> is its text.</summary>
    Number,

    /// <summary><c>true</c></summary>
    True,

    /// <summary><c>false</c></summary>
    False,

    /// <summary><c>null</c></summary>
    Null,
}
