using Gateway.Protocols.Readings;

namespace Gateway.Rules.Cases.Cap;

/// <summary>One message of a case.</summary>
/// <param name="Sequence">Sequence of the case event that gave rise to it; also the end of its identifier. Events that matter to nobody outside leave gaps.</param>
/// <param name="Alert">The message.</param>
public sealed record CapMessage(int Sequence, CapAlert Alert);

/// <summary>
/// The CAP messages a case's history gives. Pure: the same history and settings give the same messages, and a longer history gives the
/// same ones first. What the case looks like from outside is compared before and after each record of the log, so an event
/// this knows nothing of gives a message when it changes that picture, and none otherwise.
/// <code>
/// filed                                                                  Alert
/// severity raised, several devices instead of one, another lead, reopened  Update
/// closed                                                                 Update, AllClear: those who acted must learn that it is over, and
///                                                                        it may be reopened; a Cancel would say that it never was
/// voided 误报, merged 并案                                                Cancel: the earlier messages are not to be acted on
/// </code>
/// </summary>
public static class CapMessages
{
    /// <summary>How long a message holds at least.</summary>
    public static readonly TimeSpan Validity = TimeSpan.FromHours(24);

    /// <summary>How long a message holds at most, for a case whose clocks run longer.</summary>
    public static readonly TimeSpan ValidityLimit = TimeSpan.FromDays(7);

    /// <summary>Messages referred to at most: the newest ones.</summary>
    public const int ReferenceCountLimit = 64;

    /// <summary>Makes the messages of one case, oldest first.</summary>
    /// <param name="history">All its events, in order.</param>
    /// <param name="settings">Names, places, leave to publish.</param>
    /// <exception cref="ArgumentException">The sender of the settings cannot be one.</exception>
    /// <exception cref="InvalidOperationException">As <see cref="Case.Apply"/>.</exception>
    public static IReadOnlyList<CapMessage> Of(IReadOnlyList<CaseEvent> history, CapSettings settings)
    {
        if (!CapName.IsValid(settings.Sender))
        {
            throw new ArgumentException("the sender cannot be a CAP sender", nameof(settings));
        }

        var messages = new List<CapMessage>();
        Case? state = null;
        CapView told = CapView.Nothing;
        int cause = 0;
        for (int i = 0; i < history.Count; i++)
        {
            CaseEvent next = history[i];
            state = Case.Apply(state, next);
            CapView view = CapView.Of(state, told);
            cause = cause == 0 && view != told ? next.Sequence : cause;

            // Events of one record are stored together and told together: an Alert and at once an Update would only be noise.
            bool goesOn = i + 1 < history.Count && history[i + 1].At == next.At && history[i + 1].Offset == next.Offset;
            if (goesOn)
            {
                continue;
            }

            if (view != told)
            {
                messages.Add(new CapMessage(cause, Make(state, cause, told, view, messages, settings)));
                told = view;
            }

            cause = 0;
        }

        return messages;
    }

    private static CapAlert Make(Case state, int sequence, CapView before, CapView after, List<CapMessage> earlier, CapSettings settings)
    {
        CaseFacts facts = state.Facts;
        bool isPublic = settings.Publication?.Covers(facts) ?? false;
        DateTimeOffset sent = CapTime.Local(state.UpdatedAt, settings.TimeZone);
        DateTimeOffset expires = CapTime.Local(Expires(state), settings.TimeZone);
        return new CapAlert
        {
            Identifier = $"{CapName.From(state.CaseNo)}.{sequence}",
            Sender = settings.Sender,
            Sent = sent,
            Status = facts.Exercise ? CapStatus.Exercise : isPublic ? CapStatus.Actual : CapStatus.Draft,
            MessageType = earlier.Count == 0 ? CapMessageType.Alert : after.IsTakenBack ? CapMessageType.Cancel : CapMessageType.Update,
            Source = CapName.Line($"{facts.Source} {facts.DeviceId}", CapTexts.NameLengthLimit),
            Scope = isPublic ? CapScope.Public : CapScope.Restricted,
            Restriction = isPublic ? "" : CapTexts.Restriction,
            Note = CapTexts.Note(state, before, after),
            References = References(earlier, sent),
            Incidents = CapName.From(state.CaseNo),
            Infos = [.. CapTexts.Languages.Select(language => CapInfoMaker.Make(state, after, language, sent, expires, settings))],
        };
    }

    private static IReadOnlyList<CapReference> References(List<CapMessage> earlier, DateTimeOffset sent)
    {
        // The one before is always meant, even where it has run out: a message that changes nothing else must change that one.
        IEnumerable<CapMessage> inForce = earlier.Where((m, i) => i == earlier.Count - 1 || m.Alert.Infos[0].Expires > sent);
        return [.. inForce.TakeLast(ReferenceCountLimit).Select(m => new CapReference(m.Alert.Sender, m.Alert.Identifier, m.Alert.Sent))];
    }

    /// <summary>A day on, or when the last running clock is due, if that is later: by then there is news, or somebody is asked for it.</summary>
    private static EventTime Expires(Case state)
    {
        EventTime expires = state.UpdatedAt + Validity;
        EventTime last = state.UpdatedAt + ValidityLimit;
        foreach (CaseClock clock in state.Clocks.Where(k => k.StoppedAt is null))
        {
            EventTime due = clock.DueAt < last ? clock.DueAt : last;
            expires = EventTime.Max(expires, due);
        }

        return expires;
    }
}
