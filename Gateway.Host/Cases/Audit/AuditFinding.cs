namespace Gateway.Host.Cases.Audit;

/// <summary>What has been done to a history.</summary>
internal enum AuditFault
{
    /// <summary>An entry is not what was sealed.</summary>
    Edited,

    /// <summary>An entry, an event, a state or a checkpoint that was there is gone.</summary>
    Removed,

    /// <summary>Something is there that the gateway did not put there.</summary>
    Inserted,

    /// <summary>An entry stands in the place of another.</summary>
    Reordered,

    /// <summary>A checkpoint was not signed by the gateway, or is no longer what was signed.</summary>
    Forged,

    /// <summary>The whole history from some entry on is another than the one that was signed, and fits together.</summary>
    Rewritten,

    /// <summary>The stored state of a case is not what its history makes.</summary>
    StateDiffers,

    /// <summary>The trigger that refuses edits is gone.</summary>
    Unguarded,
}

/// <summary>One thing that the audit has found.</summary>
/// <param name="Fault">What has been done.</param>
/// <param name="Sequence">The entry's sequence over all cases; null when it is not about one entry.</param>
/// <param name="CaseNo">The case; empty when it is not about one case, or the case is not known any more.</param>
/// <param name="Place">What it is about where it is no entry: <c>checkpoint 3</c>, <c>FILE:2</c>; else empty.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Fix">What to do.</param>
internal sealed record AuditFinding(AuditFault Fault, long? Sequence, string CaseNo, string Place, string Message, string Fix)
{
    private const string Restore = "restore cases.db from a backup that verifies, keep this one as evidence";

    /// <summary>The fault as a word: <c>edited</c>, <c>state differs</c>.</summary>
    public string Word => Fault == AuditFault.StateDiffers ? "state differs" : Fault.ToString().ToLowerInvariant();

    /// <summary>About an entry.</summary>
    public static AuditFinding Entry(AuditFault fault, long sequence, string caseNo, string message) => new(fault, sequence, caseNo, "", message, Restore);

    /// <summary>About a case.</summary>
    public static AuditFinding Case(AuditFault fault, string caseNo, string message) => new(fault, null, caseNo, "", message, Restore);

    /// <summary>About the store or a checkpoint.</summary>
    public static AuditFinding At(AuditFault fault, string place, string message, string? fix = null) => new(fault, null, "", place, message, fix ?? Restore);

    /// <summary><c>17:AJ-20260127-000001: error: edited: what is wrong; what to do</c>.</summary>
    public override string ToString() => $"{string.Join(':', new[] { Sequence?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "", CaseNo, Place }.Where(p => p.Length > 0))}: error: {Word}: {Message}; {Fix}";
}
