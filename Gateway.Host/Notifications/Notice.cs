using Gateway.Host.Cases;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;

namespace Gateway.Host.Notifications;

/// <summary>What a receiver is told of one case: how it stood after some of its events. Immutable.</summary>
/// <param name="State">The case as it stood after the last of them.</param>
/// <param name="FirstSequence">Global sequence of the first of them.</param>
/// <param name="LastSequence">Global sequence of the last of them: a receiver that has it, or a later one, of this case may drop the notice.</param>
/// <param name="Events">The events, in order; empty when the case is only said again.</param>
internal sealed record Notice(Case State, long FirstSequence, long LastSequence, IReadOnlyList<SequencedEvent> Events)
{
    /// <summary>Since when nobody has anything to do any more; null while somebody has.</summary>
    public EventTime? EndedAt => State.IsOpen ? null : State.ClosedAt ?? State.UpdatedAt;
}

/// <summary>What one request carries: a stretch of the events of all cases. Immutable.</summary>
/// <param name="After">The stretch begins behind this sequence.</param>
/// <param name="Through">And ends with this one.</param>
/// <param name="Notices">A notice for each case of it that the receiver wants, in the order of their first events.</param>
/// <param name="OldestAt">When the first event of the stretch happened, log time.</param>
internal sealed record NoticeBatch(long After, long Through, IReadOnlyList<Notice> Notices, EventTime OldestAt);
