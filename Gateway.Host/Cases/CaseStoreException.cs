namespace Gateway.Host.Cases;

/// <summary>Why the case store cannot do what it was asked.</summary>
internal enum CaseStoreFault
{
    /// <summary>Another process holds it; it may be tried again.</summary>
    Locked,

    /// <summary>The disk is full; it may be tried again once there is room.</summary>
    Full,

    /// <summary>The file is no database or is damaged.</summary>
    Corrupt,

    /// <summary>A newer version of the gateway wrote it.</summary>
    NewerSchema,

    /// <summary>It cannot be opened, read or written.</summary>
    Unavailable,

    /// <summary>The commit contradicts what is stored: a second open case of a key, or a gap or a fork in a history.</summary>
    Conflict,
}

/// <summary>The case store failed; the message says what to do about it.</summary>
internal sealed class CaseStoreException(CaseStoreFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why.</summary>
    public CaseStoreFault Fault { get; } = fault;
}

/// <summary>How the store is.</summary>
/// <param name="Healthy">Whether it answers and the latest commit went through.</param>
/// <param name="Message">What is wrong; empty when nothing is.</param>
/// <param name="LastSequence">Global sequence of the latest event.</param>
/// <param name="SizeBytes">Size of the database file.</param>
internal sealed record CaseStoreHealth(bool Healthy, string Message, long LastSequence, long SizeBytes);
