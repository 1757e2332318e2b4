namespace Gateway.Host.Pipeline;

/// <summary>What came of a turn of the pipeline.</summary>
internal enum PipelineTurn
{
    /// <summary>It went on in the log; there may be more.</summary>
    Progressed,

    /// <summary>It has caught up with the log.</summary>
    CaughtUp,

    /// <summary>It was told to stop, has read the log to its end and made its last checkpoint.</summary>
    Finished,
}
