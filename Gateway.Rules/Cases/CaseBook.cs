using System.Globalization;
using Gateway.Protocols.Readings;
using Gateway.Rules.Areas;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;

namespace Gateway.Rules.Cases;

/// <summary>
/// All open cases of a partition, and the closed ones that may still be reopened. Everything that can happen to a case goes through
/// here, in log order; the answer is events, added to a <see cref="CaseChanges"/>. Deterministic: the same calls give the same events,
/// also when the book was restored from stored cases in between. Clocks that were due earlier are noted before anything else happens.
/// Not safe for threads.
/// </summary>
public sealed class CaseBook
{
    private const int MergerLimit = 16; // a case goes into another that goes into another

    private readonly CaseIndex _index = new();
    private readonly CaseFinder _finder;

    /// <summary>Creates a book.</summary>
    /// <param name="settings">Routes, areas, modes.</param>
    /// <param name="lastNumber">Highest case number sequence given so far; 0 for none.</param>
    /// <param name="stored">Open and reopenable cases, as stored; others are passed over.</param>
    public CaseBook(CaseSettings settings, long lastNumber = 0, IEnumerable<Case>? stored = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.PartitionCount, 1);
        _finder = new CaseFinder(_index);
        Settings = settings;
        LastNumber = lastNumber;
        foreach (Case state in stored ?? [])
        {
            _index.Put(null, state, []);
        }

        _finder.Renew(settings.Areas);
    }

    /// <summary>Routes, areas, modes; set when a new snapshot becomes active, which changes no case that is already on its way.</summary>
    public CaseSettings Settings
    {
        get;
        set
        {
            field = value;
            _finder.Renew(value.Areas);
        }
    }

    /// <summary>Finds cases that are over and not held any more, for the few commands they still take; null for none.</summary>
    public Func<string, Case?>? Stored { get; init; }

    /// <summary>Finds the case that a report of a source and number came to, at a time or later; null for none.</summary>
    public Func<string, string, EventTime, string?>? Reported { get; init; }

    /// <summary>Highest case number sequence given so far.</summary>
    public long LastNumber { get; private set; }

    /// <summary>When <see cref="Advance"/> next has something to do; null when nothing is due ever.</summary>
    public EventTime? NextDue => _index.NextDue;

    /// <summary>The cases held: open ones and reopenable ones.</summary>
    public IReadOnlyCollection<Case> Cases => _index.Cases;

    /// <summary>A case that is held, or null.</summary>
    public Case? Find(string caseNo) => _index.Find(caseNo);

    /// <summary>The case of a key that is held, or null.</summary>
    public Case? Find(CaseKey key) => _index.ByKey(key);

    /// <summary>
    /// One alert transition. Firing or raised joins the open case of its key, reopens a just closed one or the storm that had it, or files a new one; recurred
    /// counts in an open case only, so a voided alarm that goes on files nothing until it fires anew. Rules without a case definition
    /// and shadow rules file nothing.
    /// </summary>
    public void Handle(AlertTransition transition, AlertContext context, CaseChanges into)
    {
        Advance(transition.At, into);
        CaseDefinition? definition = context.Rule.Mode == RuleMode.Active ? context.Rule.Case : null;
        Case? known = _finder.OfAlert(context, definition, Settings.Areas);
        bool ends = transition.Kind is AlertTransitionKind.Resolved or AlertTransitionKind.Withdrawn or AlertTransitionKind.Dropped;
        if (known is { IsOpen: true } && (ends || definition is not null))
        {
            Take(known, CaseSensorDecider.Decide(known, transition, context), into);
        }
        else if (known is not { IsOpen: true } && definition is not null && transition.Kind is AlertTransitionKind.Firing or AlertTransitionKind.Raised)
        {
            // What is closed and still held may be reopened: Advance has let go of the others. A storm that is over gives way to what people have reported since.
            if (known is null or { IsStorm: true } && _finder.OfBreach(context, definition, Settings) is { } told)
            {
                Take(told, CaseSensorDecider.Decide(told, transition, context, CasePlace.Of(definition, context.Device, Settings.Areas)), into);
            }
            else if (known is null)
            {
                Open(transition, context, definition, into);
            }
            else
            {
                Take(known, CaseFilingDecider.Reopen(known, transition, context, Settings), into);
            }
        }
    }

    /// <summary>One command: its events are added, or it is refused and nothing is.</summary>
    /// <returns>The refusal, or null.</returns>
    public CaseRefusal? Handle(CaseCommand command, EventTime at, long offset, CaseChanges into)
    {
        Advance(at, into);
        if (command.Command == CaseCommandKind.Merge && _index.Find(command.To)?.Members.Any(m => m.CaseNo == command.CaseNo) == true)
        {
            return null; // merged already: asked for again it changes nothing
        }

        Case? known = _index.Find(command.CaseNo);
        Case? over = known is null ? into.Find(command.CaseNo) ?? Stored?.Invoke(command.CaseNo) : null;
        if ((known ?? over) is not { } state)
        {
            return new CaseRefusal(CaseRefusalKind.UnknownCase, $"no open case {command.CaseNo}", [], []);
        }

        if (command.Command == CaseCommandKind.Merge)
        {
            return Merge(state, command, new CaseStamp(at, command.Actor, offset), into);
        }

        string[] openChildren = [.. state.Children.Where(c => _index.Find(c) is { IsOpen: true })];
        CaseDecision decision = CaseDecider.Decide(state, command, Settings, at, offset, openChildren);
        Take(state, decision.Events, into, isHeld: over is null);
        return decision.Refusal;
    }

    /// <summary>One report of a person or another system: it joins the open case it belongs to, or opens one.</summary>
    public CaseIntakeResult Handle(CaseIntake intake, EventTime at, long offset, CaseChanges into)
    {
        Advance(at, into);
        if (CaseOf(intake, at, into) is { } taken)
        {
            return new CaseIntakeResult(taken, Joined: true); // delivered once more, however long ago
        }

        if (_finder.OfReport(intake, Settings) is { } known)
        {
            // What is closed and still held may be reopened: Advance has let go of the others.
            Take(known, CaseIntakeDecider.Join(known, intake, Settings, at, offset), into);
            return new CaseIntakeResult(known.CaseNo, Joined: true);
        }

        StormPlace place = StormDecider.PlaceOf(intake.Event, intake.Area, Settings, _index);
        if (place.Taker(Settings.Storms) is { } storm)
        {
            Take(storm, CaseIntakeDecider.Join(storm, intake, Settings, at, offset), into);
            return new CaseIntakeResult(storm.CaseNo, Joined: true);
        }

        string caseNo = NewNumber(at);
        Begin(caseNo, place, CaseIntakeDecider.Open(caseNo, LastNumber, intake, Settings, at, offset), new CaseStamp(at, CaseEvent.GatewayActor, offset), into);
        return new CaseIntakeResult(caseNo, Joined: false);
    }

    /// <summary>Evidence was sealed: its event is added, or nothing where the case has it already.</summary>
    /// <returns>The refusal, or null.</returns>
    public CaseRefusal? Handle(EvidenceSeal seal, EventTime at, long offset, CaseChanges into)
    {
        Advance(at, into);
        Case? known = _index.Find(seal.CaseNo);
        if ((known ?? into.Find(seal.CaseNo) ?? Stored?.Invoke(seal.CaseNo)) is not { } state)
        {
            return new CaseRefusal(CaseRefusalKind.UnknownCase, $"no case {seal.CaseNo}", [], []);
        }

        if (seal.Decision > state.SealedDecision)
        {
            List<CaseEvent> events = [];
            new CaseDraft(state, events).Add(new CaseStamp(at, CaseEvent.GatewayActor, offset), new EvidenceSealed(seal.Decision, seal.Sha256, seal.LengthBytes, seal.Records, seal.Reproduces));
            Take(state, events, into, isHeld: known is not null);
        }

        return null;
    }

    /// <summary>
    /// One live reading (not a historical one), after its own alert transitions have been handled. Costs one look-up, and allocates
    /// nothing, unless the device has a case waiting for cleared readings.
    /// </summary>
    /// <param name="deviceId">The device.</param>
    /// <param name="observedAt">Observation time.</param>
    /// <param name="at">Log time.</param>
    /// <param name="offset">Log offset of the message.</param>
    /// <param name="into">Where the events go.</param>
    public void Observe(string deviceId, EventTime observedAt, EventTime at, long offset, CaseChanges into)
    {
        if (!_index.IsAwaited(deviceId, observedAt))
        {
            return;
        }

        Advance(at, into);
        foreach (string caseNo in _index.AwaitedBy(deviceId))
        {
            if (_index.Find(caseNo) is { } known)
            {
                Take(known, CaseSensorDecider.Read(known, deviceId, observedAt, at, offset), into);
            }
        }
    }

    /// <summary>Time passes: notes reminders and overdue clocks up to and including <paramref name="now"/>, in the order they were due.</summary>
    public void Advance(EventTime now, CaseChanges into)
    {
        while (_index.FirstDue(now) is { } known)
        {
            CaseEvent? next = CaseClockDecider.Next(known, Settings, now);
            if (next is null)
            {
                _index.Forget(known); // closed, and its time to reopen has passed
                continue;
            }

            Take(known, [next], into);
        }
    }

    // A breach that no case knows: the storm that has come to its unit takes it, or a case of its own.
    private void Open(AlertTransition transition, AlertContext context, CaseDefinition definition, CaseChanges into)
    {
        StormPlace place = StormDecider.PlaceOf(definition.Event.Text, Settings.Areas.UnitFor(context.Device.Area, context.Device.Latitude, context.Device.Longitude), Settings, _index);
        if (place.Taker(Settings.Storms) is { } storm)
        {
            Take(storm, storm.IsOpen ? CaseSensorDecider.Decide(storm, transition, context) : CaseFilingDecider.Reopen(storm, transition, context, Settings), into);
            return;
        }

        CaseStamp stamp = new(transition.At, CaseEvent.GatewayActor, context.Offset);
        string caseNo = NewNumber(transition.At);
        IReadOnlyList<CaseEvent> events = CaseFilingDecider.Open(caseNo, LastNumber, transition, context, Settings);
        Begin(caseNo, place, events, stamp, into);
    }

    // Something that no case knows begins one; where the storm above its unit has come to it, that of the unit.
    private void Begin(string caseNo, StormPlace place, IReadOnlyList<CaseEvent> events, CaseStamp stamp, CaseChanges into)
    {
        if (place.BeginsStorm && events[0] is CaseCollected alone)
        {
            events = StormDecider.Open(caseNo, LastNumber, alone.Facts, place.Unit, alone, Settings, stamp);
        }

        Take(null, events, into);
        Gather(caseNo, stamp, into);
    }

    // A new case, or a storm that has come to a unit, becomes part of the storms above it; where enough have gathered, one begins.
    private void Gather(string opened, CaseStamp stamp, CaseChanges into)
    {
        Case current = _index.Find(opened)!;
        string family = StormSettings.FamilyOf(current.Facts.Key.Event);
        if (Settings.Storms.Except.Contains(family))
        {
            return;
        }

        foreach (Area unit in Settings.Areas.Ancestry(current.Facts.AreaPath[0]).ToArray())
        {
            Case? storm = _index.OpenStorm(family, unit.Code, Settings.Areas);
            int from = Settings.Storms.From(unit.Level);
            if (storm is null)
            {
                if (from == int.MaxValue)
                {
                    continue;
                }

                IReadOnlyList<string> recent = _index.OpenSince(family, unit.Code, stamp.At - Settings.Storms.Window);
                if (recent.Count < from)
                {
                    continue;
                }

                Case? closed = _index.ClosedStorm(family, unit.Code, Settings.Areas);
                string caseNo = closed?.CaseNo ?? NewNumber(stamp.At);
                Take(closed, closed is null ? StormDecider.Open(caseNo, LastNumber, current.Facts, unit.Code, beginning: null, Settings, stamp) : StormDecider.Reopen(closed, Settings, stamp), into);
                foreach (string member in recent)
                {
                    Join(_index.Outermost(member, unit.Code), caseNo, stamp, into);
                }
            }
            else if (storm.CaseNo != current.CaseNo)
            {
                Join(_index.Outermost(current.CaseNo, unit.Code), storm.CaseNo, stamp, into);
            }

            current = _index.OpenStorm(family, unit.Code, Settings.Areas)!;
        }
    }

    private void Join(Case child, string storm, CaseStamp stamp, CaseChanges into)
    {
        Case above = _index.Find(storm)!;
        if (child.CaseNo != storm && child.Storm != storm && !_index.IsPartOf(above, child.CaseNo))
        {
            (CaseEvent[] joined, CaseEvent[] grown) = StormDecider.Join(child, above, stamp);
            Take(child, joined, into);
            Take(_index.Find(storm), grown, into);
        }
    }

    // The case that has a report already, or the one that went into; null for none. A number that somebody used again, for something else or elsewhere, is
    // another report: to lose one is worse than to count one twice.
    private string? CaseOf(CaseIntake intake, EventTime at, CaseChanges into)
    {
        string? caseNo = intake.ExternalId.Length == 0 ? null
            : into.CaseOf(intake.Source, intake.ExternalId) ?? Reported?.Invoke(intake.Source, intake.ExternalId, at - CaseIntake.Remembered);
        if (caseNo is not null && Known(caseNo) is { } holder && !CaseIntakeDecider.MayHave(holder, intake))
        {
            return null;
        }

        for (int merged = 0; merged < MergerLimit && caseNo is not null && Known(caseNo) is { MergedInto.Length: > 0 } gone; merged++)
        {
            caseNo = gone.MergedInto;
        }

        return caseNo;

        Case? Known(string no) => _index.Find(no) ?? into.Find(no) ?? Stored?.Invoke(no);
    }

    private string NewNumber(EventTime at)
    {
        LastNumber = NextNumber(LastNumber, Settings.Partition, Settings.PartitionCount);
        DateTimeOffset local = TimeZoneInfo.ConvertTime(at.ToDateTimeOffset(), Settings.TimeZone);
        return string.Create(CultureInfo.InvariantCulture, $"AJ-{local:yyyyMMdd}-{LastNumber:D6}");
    }

    // Two cases change at once.
    private CaseRefusal? Merge(Case known, CaseCommand command, CaseStamp stamp, CaseChanges into)
    {
        Case? target = _index.Find(command.To);
        if ((CaseDecider.Refuse(known, command, Settings, stamp.At) ?? CaseMerger.Refuse(known, target, command)) is { } refusal)
        {
            return refusal;
        }

        (IReadOnlyList<CaseEvent> gone, IReadOnlyList<CaseEvent> joined) = CaseMerger.Merge(known, target!, command, stamp);
        Take(known, gone, into);
        Take(target, joined, into);
        return null;
    }

    /// <summary>The lowest number above <paramref name="last"/> with the partition's remainder.</summary>
    private static long NextNumber(long last, int partition, int count) => last + 1 + ((((partition - last - 1) % count) + count) % count);

    private void Take(Case? before, IReadOnlyList<CaseEvent> events, CaseChanges into, bool isHeld = true)
    {
        Case? after = before;
        foreach (CaseEvent next in events)
        {
            after = Case.Apply(after, next);
            into.Add(next, after);
        }

        // What is over is not held again: another case may have its key by now.
        if (after is not null && events.Count > 0 && isHeld)
        {
            _index.Put(before, after, events);
            if (after.IsStorm && events[0] is CaseReopened { Gathered: false } again)
            {
                // As when it began: the storms above it may be others by now.
                Gather(after.CaseNo, new CaseStamp(again.At, CaseEvent.GatewayActor, again.Offset), into);
            }

            if (before?.Severity < after.Severity && _index.Find(after.Storm) is { IsOpen: true } storm && storm.Severity < after.Severity)
            {
                // A storm is as severe as the worst of it.
                CaseEvent last = events[^1];
                List<CaseEvent> raised = [];
                new CaseDraft(storm, raised).Add(new CaseStamp(last.At, CaseEvent.GatewayActor, last.Offset), new SeverityRaised(after.Severity, after.CaseNo));
                Take(storm, raised, into);
            }
        }
    }
}
