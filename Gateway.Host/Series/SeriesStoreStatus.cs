namespace Gateway.Host.Series;

/// <summary>Sizes and counters of a series store at one moment. Immutable.</summary>
internal sealed record SeriesStoreStatus
{
    /// <summary>Bytes held in memory and not yet durable.</summary>
    public long HeadBytes { get; init; }

    /// <summary>Block files served.</summary>
    public int Blocks { get; init; }

    /// <summary>Bytes of the block files served.</summary>
    public long BlockBytes { get; init; }

    /// <summary>Samples in the block files served; a time written twice may count twice until blocks are merged.</summary>
    public long BlockPoints { get; init; }

    /// <summary>Heads written since the store was opened.</summary>
    public long Flushes { get; init; }

    /// <summary>Merges done since the store was opened.</summary>
    public long Merges { get; init; }

    /// <summary>Files set aside as damaged since the store was opened.</summary>
    public long QuarantinedBlocks { get; init; }

    /// <summary>Block files of which a part turned out damaged when it was read; what is sound of them is served.</summary>
    public int DamagedBlocks { get; init; }

    /// <summary>The last file set aside and why; empty when there is none.</summary>
    public string LastDamage { get; init; } = "";
}
