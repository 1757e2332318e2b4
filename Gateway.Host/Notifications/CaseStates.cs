using Gateway.Host.Cases;
using Gateway.Rules.Cases;

namespace Gateway.Host.Notifications;

/// <summary>
/// How a case stood after each of its events, for whoever follows them in order: from one event to the next without reading the history.
/// Not safe for threads.
/// </summary>
internal sealed class CaseStates(ICaseStore store)
{
    /// <summary>Cases held at once.</summary>
    private const int Limit = 10_000;

    private readonly Dictionary<string, Case> _states = new(StringComparer.Ordinal);

    /// <summary>The case as it stood after an event.</summary>
    /// <exception cref="CaseStoreException">The store cannot be read, or has the event without its history.</exception>
    public Case After(CaseEvent next)
    {
        Case state = Fold(_states.GetValueOrDefault(next.CaseNo), next);
        if (_states.Count >= Limit)
        {
            _states.Clear();
        }

        // A case that is over has few events to come.
        if (state.IsOpen)
        {
            _states[state.CaseNo] = state;
        }
        else
        {
            _states.Remove(state.CaseNo);
        }

        return state;
    }

    private Case Fold(Case? before, CaseEvent next)
    {
        try
        {
            return next.Sequence == (before?.Sequence ?? 0) + 1
                ? Case.Apply(before, next)
                : Case.Fold(store.History(next.CaseNo).TakeWhile(e => e.Sequence <= next.Sequence))
                    ?? throw new CaseStoreException(CaseStoreFault.Corrupt, $"{next.CaseNo} has an event and no history: see audit verify");
        }
        catch (InvalidOperationException e)
        {
            throw new CaseStoreException(CaseStoreFault.Corrupt, $"the history of {next.CaseNo} does not fold: {e.Message}; see audit verify", e);
        }
    }
}
