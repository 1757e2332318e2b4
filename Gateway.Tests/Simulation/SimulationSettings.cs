using Gateway.Host.IngestLog;
using Gateway.Host.Pipeline;

namespace Gateway.Tests.Simulation;

/// <summary>Limits of the gateway under this seed: small, so that every edge comes often.</summary>
internal sealed class SimulationSettings(SimulationRandom random)
{
    public IngestLogOptions Log { get; } = new()
    {
        SegmentSizeBytes = random.Of(1500, 4000, 20_000),
        RetentionAge = TimeSpan.Zero,
        RetentionSizeBytes = random.Of(0, 0, 6000),
    };

    public PipelineOptions Pipeline { get; } = new()
    {
        CheckpointInterval = TimeSpan.FromSeconds(random.Of(2, 20, 300)),
        CheckpointRecords = random.Of(5, 40, 1000),
        FramesPerCommit = random.Of(1, 3, 64),
    };

    /// <summary>Steps of the first phase.</summary>
    public int Steps { get; } = random.Between(600, 1400);
}
