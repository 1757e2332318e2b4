using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;

namespace Gateway.Host.Cases.AfterAction;

/// <summary>Finds what other cases have to do with one.</summary>
/// <param name="store">The cases.</param>
internal sealed class RelatedCases(ICaseStore store)
{
    /// <summary>Parts of a storm, and merged cases, that are looked at.</summary>
    public const int FamilyLimit = 1000;

    /// <summary>Cases of the same grid that are looked at: the latest that are open, and as many of the latest that are not.</summary>
    public const int AreaLimit = 200;

    /// <summary>Cases related to one; each once, by what binds it closest.</summary>
    public IReadOnlyList<RelatedCase> Of(Case c, IReadOnlyList<CaseEvent> history, EventTime to, CancellationToken cancellation)
    {
        Dictionary<string, RelatedCase> found = new(StringComparer.Ordinal) { [c.CaseNo] = new RelatedCase(c, CaseRelation.SameDevice) };
        void Add(Case? other, CaseRelation relation)
        {
            if (other is not null)
            {
                found.TryAdd(other.CaseNo, new RelatedCase(other, relation));
            }
        }

        Add(Find(c.Storm), CaseRelation.Storm);
        Add(Find(c.MergedInto), CaseRelation.MergedInto);
        foreach (CaseMember member in c.Members.Take(FamilyLimit))
        {
            cancellation.ThrowIfCancellationRequested();
            Add(Find(member.CaseNo), CaseRelation.Member);
        }

        foreach (string child in c.Children.Take(FamilyLimit))
        {
            cancellation.ThrowIfCancellationRequested();
            Add(Find(child), CaseRelation.Child);
        }

        // Of a storm the parts tell enough: around it lies a whole community.
        HashSet<string> devices = [.. history.SelectMany(TimelineWindow.Occurrences).Select(o => o.Evidence.DeviceId).Append(c.Facts.DeviceId).Where(d => d.Length > 0)];
        foreach (Case other in c.IsStorm ? [] : Around(c, to))
        {
            Add(other, other.Facts.DeviceId.Length > 0 && (devices.Contains(other.Facts.DeviceId) || other.Alerts.Any(a => devices.Contains(a.DeviceId))) ? CaseRelation.SameDevice : CaseRelation.SameArea);
        }

        found.Remove(c.CaseNo);
        return [.. found.Values];
    }

    private Case? Find(string caseNo) => caseNo.Length == 0 ? null : store.Find(caseNo);

    private IEnumerable<Case> Around(Case c, EventTime to)
    {
        CaseFilter here = new() { Area = c.Facts.AreaPath[0], To = new EventTime(to.UnixMilliseconds + 1) };
        return store.List(here with { Statuses = CaseStatusExtensions.Open }, AreaLimit, null).Cases.Concat(store.List(here, AreaLimit, null).Cases);
    }
}
