using Gateway.Protocols.Readings;

namespace Gateway.Rules.Cases;

/// <summary>Who, when, by which record: what all events of one decision share.</summary>
/// <param name="At">Log time.</param>
/// <param name="Actor">Who.</param>
/// <param name="Offset">Log offset of the cause.</param>
internal readonly record struct CaseStamp(EventTime At, string Actor, long Offset);

/// <summary>A case while one decision is taken: every event is applied as it is added, so the next question sees its effect.</summary>
internal sealed class CaseDraft
{
    private readonly List<CaseEvent> _events;
    private Case? _state;

    /// <summary>Starts from a case, or from nothing; events are added to <paramref name="events"/>.</summary>
    public CaseDraft(Case? state, List<CaseEvent> events)
    {
        _state = state;
        _events = events;
    }

    /// <summary>The case with everything added so far.</summary>
    public Case Case => _state ?? throw new InvalidOperationException("the draft has no event yet");

    /// <summary>Adds an event of the case.</summary>
    public void Add(CaseStamp stamp, CaseEvent next) => Add(Case.CaseNo, stamp, next);

    /// <summary>Adds the first event of a new case.</summary>
    public void Begin(string caseNo, CaseStamp stamp, CaseCollected first) => Add(caseNo, stamp, first);

    private void Add(string caseNo, CaseStamp stamp, CaseEvent next)
    {
        CaseEvent stamped = next with
        {
            CaseNo = caseNo,
            Sequence = (_state?.Sequence ?? 0) + 1,
            At = stamp.At,
            Actor = stamp.Actor,
            Offset = stamp.Offset,
        };
        _state = Case.Apply(_state, stamped);
        _events.Add(stamped);
    }
}
