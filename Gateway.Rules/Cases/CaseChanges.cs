namespace Gateway.Rules.Cases;

/// <summary>What has happened to cases since the last commit: the events, and each changed case as it stands after them. Not safe for threads.</summary>
public sealed class CaseChanges
{
    private readonly List<CaseEvent> _events = [];
    private readonly Dictionary<string, Case> _cases = [];

    /// <summary>The events, in the order they happened.</summary>
    public IReadOnlyList<CaseEvent> Events => _events;

    /// <summary>Each changed case, as it stands now.</summary>
    public IReadOnlyCollection<Case> Cases => _cases.Values;

    /// <summary>A changed case as it stands now; null when it has not changed.</summary>
    public Case? Find(string caseNo) => _cases.GetValueOrDefault(caseNo);

    /// <summary>Forgets everything, after it has been committed.</summary>
    public void Clear()
    {
        _events.Clear();
        _cases.Clear();
    }

    internal void Add(CaseEvent next, Case after)
    {
        _events.Add(next);
        _cases[after.CaseNo] = after;
    }
}
