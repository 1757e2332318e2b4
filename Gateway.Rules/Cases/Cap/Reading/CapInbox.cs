namespace Gateway.Rules.Cases.Cap.Reading;

/// <summary>What to do with a message from outside.</summary>
public enum CapReception : byte
{
    /// <summary>It is new: take it in.</summary>
    New,

    /// <summary>It has our own sender: acknowledge and ignore it, or two systems tell each other the same for ever.</summary>
    Own,

    /// <summary>Its sender and identifier were seen before: acknowledge and ignore it.</summary>
    Repeated,
}

/// <summary>
/// Which messages from outside were seen, so that none is taken in twice and no loop forms. Holds the newest ones up to a limit, in the order
/// they came; deterministic. Not safe for threads.
/// </summary>
public sealed class CapInbox
{
    private readonly HashSet<(string Sender, string Identifier)> _seen = [];
    private readonly Queue<(string Sender, string Identifier)> _order = new();
    private readonly string _ownSender;
    private readonly int _limit;

    /// <summary>Creates an inbox.</summary>
    /// <param name="ownSender">The sender of our own messages.</param>
    /// <param name="limit">Messages remembered at most, one or more.</param>
    public CapInbox(string ownSender, int limit = 100_000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        (_ownSender, _limit) = (ownSender, limit);
    }

    /// <summary>Judges a message, and remembers it when it is new.</summary>
    public CapReception Receive(CapAlert alert)
    {
        // Senders are often domains or addresses, which relays write in upper case now and then.
        if (string.Equals(alert.Sender, _ownSender, StringComparison.OrdinalIgnoreCase))
        {
            return CapReception.Own;
        }

        (string, string) key = (alert.Sender, alert.Identifier);
        if (!_seen.Add(key))
        {
            return CapReception.Repeated;
        }

        _order.Enqueue(key);
        if (_order.Count > _limit)
        {
            _seen.Remove(_order.Dequeue());
        }

        return CapReception.New;
    }
}
