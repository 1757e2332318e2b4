namespace Gateway.Benchmarks.EndToEnd;

/// <summary>What the generator saw of a run.</summary>
/// <param name="Messages">Messages sent and acknowledged.</param>
/// <param name="Elapsed">From the first byte to the last acknowledgement.</param>
/// <param name="GeneratorCpu">CPU time of this process meanwhile.</param>
/// <param name="Latencies">From the write of a message to the read of its PUBACK.</param>
internal sealed record LoadResult(int Messages, TimeSpan Elapsed, TimeSpan GeneratorCpu, LatencyHistogram Latencies);
