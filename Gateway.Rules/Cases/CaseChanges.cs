namespace Gateway.Rules.Cases;

/// <summary>What has happened to cases since the last commit: the events, and each changed case as it stands after them. Not safe for threads.</summary>
public sealed class CaseChanges
{
    private readonly List<CaseEvent> _events = [];
    private readonly Dictionary<string, Case> _cases = [];
    private readonly Dictionary<(string Source, string ExternalId), string> _reports = [];

    /// <summary>The events, in the order they happened.</summary>
    public IReadOnlyList<CaseEvent> Events => _events;

    /// <summary>Each changed case, as it stands now.</summary>
    public IReadOnlyCollection<Case> Cases => _cases.Values;

    /// <summary>A changed case as it stands now; null when it has not changed.</summary>
    public Case? Find(string caseNo) => _cases.GetValueOrDefault(caseNo);

    /// <summary>The case that a report of this source and number came to last; null when none did.</summary>
    public string? CaseOf(string source, string externalId) => _reports.GetValueOrDefault((source, externalId));

    /// <summary>Forgets everything, after it has been committed.</summary>
    public void Clear()
    {
        _events.Clear();
        _cases.Clear();
        _reports.Clear();
    }

    internal void Add(CaseEvent next, Case after)
    {
        _events.Add(next);
        _cases[after.CaseNo] = after;
        if (CaseReport.In(next) is { ExternalId.Length: > 0 } report)
        {
            _reports[(report.Source, report.ExternalId)] = after.CaseNo; // the last, as the history says
        }
    }
}
