namespace Gateway.Host.Pipeline;

/// <summary>Limits of the pipeline. Section <c>Gateway:Pipeline</c>.</summary>
internal sealed class PipelineOptions
{
    /// <summary>Real time between checkpoints; what lies behind the last one is processed again after a crash. Default 1 minute.</summary>
    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Records between checkpoints at most, so that a restart is quick also after a flood. Default 2,000,000.</summary>
    public int CheckpointRecords { get; set; } = 2_000_000;

    /// <summary>Log commits taken together into one transaction of the case store while the pipeline is behind. Default 64.</summary>
    public int FramesPerCommit { get; set; } = 64;
}
