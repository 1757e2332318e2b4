namespace Gateway.Benchmarks.EndToEnd;

/// <summary>One run of one server. CPU times are of all threads of the server's process, user and system.</summary>
internal sealed record RunFigures
{
    /// <summary>What the generator saw.</summary>
    public required LoadResult Load { get; init; }

    /// <summary>Server CPU up to the last PUBACK.</summary>
    public required TimeSpan CpuToPubAck { get; init; }

    /// <summary>Server CPU up to the last effect of the last message.</summary>
    public required TimeSpan CpuCaughtUp { get; init; }

    /// <summary>Time from the first message to the last effect of the last.</summary>
    public required TimeSpan ElapsedCaughtUp { get; init; }

    /// <summary>Resident memory afterwards, bytes.</summary>
    public required long ResidentBytes { get; init; }

    /// <summary>What its own counters say was added.</summary>
    public required ServerCounters Counters { get; init; }

    /// <summary>Messages a second up to the last PUBACK.</summary>
    public double MessagesPerSecond => Load.Messages / Load.Elapsed.TotalSeconds;

    /// <summary>Messages a second with all their effects.</summary>
    public double MessagesPerSecondCaughtUp => Load.Messages / ElapsedCaughtUp.TotalSeconds;

    /// <summary>Server CPU a message up to PUBACK, microseconds.</summary>
    public double CpuMicrosecondsToPubAck => CpuToPubAck.TotalMicroseconds / Load.Messages;

    /// <summary>Server CPU a message with all its effects, microseconds.</summary>
    public double CpuMicrosecondsCaughtUp => CpuCaughtUp.TotalMicroseconds / Load.Messages;

    /// <summary>The generator's own CPU a message, microseconds.</summary>
    public double GeneratorMicroseconds => Load.GeneratorCpu.TotalMicroseconds / Load.Messages;

    /// <summary>Half of all messages were acknowledged within it, milliseconds.</summary>
    public double PubAckMedianMilliseconds => Load.Latencies.Percentile(0.5).TotalMilliseconds;

    /// <summary>99 of 100 messages were acknowledged within it, milliseconds.</summary>
    public double PubAckP99Milliseconds => Load.Latencies.Percentile(0.99).TotalMilliseconds;
}
