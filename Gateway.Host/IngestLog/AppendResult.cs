namespace Gateway.Host.IngestLog;

/// <summary>Answer to an append.</summary>
internal enum AppendResult
{
    /// <summary>Part of the next commit; the listener will be told.</summary>
    Accepted,

    /// <summary>The log is closing: nothing is taken any more.</summary>
    Closed,
}
