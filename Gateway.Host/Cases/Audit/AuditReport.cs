namespace Gateway.Host.Cases.Audit;

/// <summary>What an audit has seen. Holds the first findings only, and counts the rest. Not safe for threads.</summary>
internal sealed class AuditReport
{
    /// <summary>Findings that are kept.</summary>
    public const int FindingLimit = 1000;

    private readonly List<AuditFinding> _findings = [];
    private readonly HashSet<long> _entries = [];

    /// <summary>Entries of the chain.</summary>
    public long Entries { get; set; }

    /// <summary>Sequence of the last entry.</summary>
    public long LastSequence { get; set; }

    /// <summary>Cases.</summary>
    public long Cases { get; set; }

    /// <summary>Checkpoints in the store.</summary>
    public int Checkpoints { get; set; }

    /// <summary>Sequence of the last entry that a checkpoint with a good signature of the gateway's own key, or a key that was given, covers.</summary>
    public long SignedUpTo { get; set; }

    /// <summary>Sequence of the last entry that a checkpoint of an earlier gateway's key covers; 0 when there is none.</summary>
    public long EarlierSignedUpTo { get; set; }

    /// <summary>Fingerprints of the earlier gateways' keys that signed checkpoints.</summary>
    public SortedSet<string> EarlierKeys { get; } = new(StringComparer.Ordinal);

    /// <summary>Lines of second parties that were held against the store.</summary>
    public int HandedOut { get; set; }

    /// <summary>Decisions whose evidence is sealed.</summary>
    public long SealedDecisions { get; set; }

    /// <summary>The Merkle root over all entries, 64 hexadecimal digits.</summary>
    public string Root { get; set; } = "";

    /// <summary>How much has been found.</summary>
    public long Errors { get; private set; }

    /// <summary>The first of them, those about entries in the order of entries.</summary>
    public IEnumerable<AuditFinding> Findings => _findings.OrderBy(f => f.Sequence ?? long.MaxValue);

    /// <summary>Takes a finding; a second one about the same entry says nothing new.</summary>
    public void Add(AuditFinding finding)
    {
        if (finding.Sequence is { } sequence && _entries.Contains(sequence))
        {
            return;
        }

        Errors++;
        if (_findings.Count < FindingLimit)
        {
            _findings.Add(finding);
            _entries.Add(finding.Sequence ?? 0);
        }
    }
}
