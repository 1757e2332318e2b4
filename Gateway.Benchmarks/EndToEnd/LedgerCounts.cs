namespace Gateway.Benchmarks.EndToEnd;

/// <summary>The totals of the conservation ledger: received = stored + duplicate + quarantined + rejected + in flight.</summary>
internal sealed record LedgerCounts(long Received, long Stored, long Duplicate, long Quarantined, long Rejected, long InFlight, bool Balanced);
