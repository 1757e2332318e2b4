namespace Gateway.Host.Series.Embedded;

/// <summary>Why a file is not (or no longer) served as a block.</summary>
internal enum BlockFault
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>Shorter than a header and a trailer.</summary>
    TooShort,

    /// <summary>The first bytes are not a block's header, or its checksum fails.</summary>
    BadHeader,

    /// <summary>A version this program does not know.</summary>
    UnknownVersion,

    /// <summary>The last bytes are not a block's trailer, or its checksum fails: cut short or damaged.</summary>
    BadTrailer,

    /// <summary>The index fails its checksum or contradicts itself.</summary>
    BadIndex,

    /// <summary>A times or values section fails its checksum or does not decode.</summary>
    BadChunk,

    /// <summary>The device refuses to read it.</summary>
    Unreadable,
}
