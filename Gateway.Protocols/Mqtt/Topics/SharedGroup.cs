namespace Gateway.Protocols.Mqtt.Topics;

/// <summary>
/// The members of one shared subscription (share name and filter, v5 section 4.8.2): each message goes to one of them. The member list is
/// replaced, never altered, so a list once read stays as it was.
/// </summary>
/// <typeparam name="TSubscriber">What stands for a subscriber.</typeparam>
public sealed class SharedGroup<TSubscriber>
    where TSubscriber : class
{
    private TopicMatch<TSubscriber>[] _members = [];

    internal SharedGroup(string shareName) => ShareName = shareName;

    /// <summary>The share name.</summary>
    public string ShareName { get; }

    /// <summary>The members, in the order they joined; never empty when matched.</summary>
    public IReadOnlyList<TopicMatch<TSubscriber>> Members => _members;

    /// <summary>
    /// The member whose turn it is: the caller counts turns, and passes over members it cannot reach by asking for the next turn.
    /// </summary>
    public TopicMatch<TSubscriber> At(uint turn) => _members[turn % (uint)_members.Length];

    internal bool Set(in TopicMatch<TSubscriber> member)
    {
        int index = IndexOf(member.Subscriber);
        TopicMatch<TSubscriber>[] next = new TopicMatch<TSubscriber>[index < 0 ? _members.Length + 1 : _members.Length];
        _members.CopyTo(next, 0);
        next[index < 0 ? _members.Length : index] = member;
        _members = next;
        return index < 0;
    }

    internal bool Remove(TSubscriber subscriber)
    {
        int index = IndexOf(subscriber);
        if (index < 0)
        {
            return false;
        }

        _members = [.. _members[..index], .. _members[(index + 1)..]];
        return true;
    }

    private int IndexOf(TSubscriber subscriber) => Array.FindIndex(_members, m => m.Subscriber.Equals(subscriber));
}
