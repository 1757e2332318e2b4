using System.Reflection;
using Gateway.Host.City;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Compilation;

namespace Gateway.Host.Cases.Evidence;

/// <summary>
/// Makes bundles of decisions. What a rule remembers is found by trying: the records of its windows first, then eight times as far back and sixty-four
/// times, at most <see cref="LongestLookBack"/>, until they lead to the decision by themselves. Not safe for threads.
/// </summary>
/// <param name="scan">Reads the log.</param>
/// <param name="startOf">Log offset at or before the first record received at a time; and the time of the first record there is.</param>
/// <param name="marks">What clock and city held when.</param>
/// <param name="cities">Finds the city of a revision.</param>
internal sealed class EvidenceMaker(LogScan scan, Func<EventTime, (long Offset, EventTime First)> startOf, LogMarks marks, Func<string, CitySnapshot> cities)
{
    private const int Widening = 8;
    private const int Tries = 3;
    private const int PartLimit = 256;

    /// <summary>How far back it looks at most.</summary>
    public static readonly TimeSpan LongestLookBack = TimeSpan.FromHours(24);

    /// <summary>The version that stands in bundles.</summary>
    public static string Engine { get; } = typeof(EvidenceMaker).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>
    /// The bundles of some decisions, in their order, made as they are asked for: at most <see cref="EvidenceCollector.HeldLimitBytes"/> of records
    /// are held at a time, whatever devices send, so that each should be put away before the next is asked for.
    /// </summary>
    /// <param name="decisions">All of marks that are known.</param>
    /// <param name="stop">Asked between two decisions.</param>
    /// <exception cref="IOException">The log cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was told to stop.</exception>
    public IEnumerable<EvidenceBundle> Make(IReadOnlyList<DecisionToSeal> decisions, CancellationToken stop)
    {
        foreach (DecisionToSeal[] part in decisions.Chunk(PartLimit))
        {
            IEnumerable<EvidenceBundle> made = MakeTogether(part, stop) ?? part.Chunk((part.Length + 1) / 2).SelectMany(half => Make(half, stop));
            foreach (EvidenceBundle bundle in made)
            {
                yield return bundle;
            }
        }
    }

    /// <summary>Null where too much would be held for all of them.</summary>
    private EvidenceBundle[]? MakeTogether(DecisionToSeal[] part, CancellationToken stop)
    {
        EvidenceBundle?[] made = new EvidenceBundle?[part.Length];
        Asked[] asked = [.. part.Select(d => Ask(d))];
        long freeBytes = part.Length == 1 ? long.MaxValue : EvidenceCollector.HeldLimitBytes; // one decision is held to the limits of its window
        for (int attempt = 0; attempt < Tries; attempt++)
        {
            int[] open = [.. Enumerable.Range(0, part.Length).Where(i => made[i] is not { Reproduces: true } && (attempt == 0 || asked[i].CanWiden))];
            foreach (IGrouping<string, int> group in open.GroupBy(i => asked[i].CityRevision))
            {
                if (Fill([.. group], attempt, asked, made, freeBytes, stop) is not { } heldBytes)
                {
                    return null;
                }

                freeBytes -= heldBytes;
            }
        }

        return [.. made.Select(b => b!)];
    }

    private long? Fill(int[] group, int attempt, Asked[] asked, EvidenceBundle?[] made, long freeBytes, CancellationToken stop)
    {
        EvidenceWindow[] windows = [.. group.Select(i => asked[i].Window(attempt))];
        EvidenceCollector collector = new(scan, marks, freeBytes);
        (long offset, EventTime first) = startOf(windows.Min(w => w.From));
        collector.Fill(windows, Math.Min(offset, windows.Min(w => w.Decision.Offset)), asked[group[0]].City?.Definition.Devices ?? DeviceRegister.Empty);
        if (collector.IsFull)
        {
            return null;
        }

        for (int i = 0; i < group.Length; i++)
        {
            stop.ThrowIfCancellationRequested();
            Asked of = asked[group[i]];
            of.CanWiden &= windows[i].From >= first && !windows[i].IsCut && windows[i].HasCause;
            made[group[i]] = Bundle(of, windows[i]);
        }

        return collector.HeldBytes;
    }

    private EvidenceBundle Bundle(Asked of, EvidenceWindow window)
    {
        DecisionToSeal decision = of.Decision;
        IReadOnlyList<EvidenceRecord> records = window.Records(marks);
        CitySnapshot? city = of.City;
        EvidenceBundle bundle = new()
        {
            CaseNo = decision.CaseNo,
            Decision = decision.Decision,
            Kind = decision.Kind,
            DecidedAt = decision.At,
            Offset = decision.Offset,
            Rule = decision.Occurrence?.Evidence.Rule,
            RuleText = decision.Occurrence is { } occurrence ? city?.Files.FirstOrDefault(f => f.Path == occurrence.Evidence.Rule.File)?.Text ?? "" : "",
            DeviceId = decision.Occurrence?.Evidence.DeviceId ?? "",
            Engine = Engine,
            City = city?.Revision ?? "",
            Mode = city?.Definition.Mode ?? "",
            AreaVersion = city?.AreasAt(decision.At).Version ?? "",
            Files = city?.FileHashes ?? new Dictionary<string, string>(),
            Devices = of.Devices,
            From = window.From,
            LastNumber = decision.LastNumber,
            Before = decision.Before,
            Storm = decision.Storm,
            Events = decision.Events,
            Records = records,
        };
        if (of.Problem.Length > 0 || !window.HasCause)
        {
            return bundle with { Reason = of.Problem.Length > 0 ? of.Problem : "the log no longer has the record that caused it" };
        }

        DecisionReplay replay = new(bundle, cities);
        DecisionComparison comparison;
        try
        {
            comparison = new DecisionComparison(bundle.Events, replay.Run());
        }
        catch (InvalidDataException e)
        {
            return bundle with { Reason = e.Message };
        }
        catch (Exception e) when (e is not (OutOfMemoryException or IOException or UnauthorizedAccessException))
        {
            // A decision at which the replay breaks must not keep the others from being sealed: it is sealed with what it rests on, and says so.
            return bundle with { Reason = $"the replay failed at it, please report this: {e.GetType().Name}: {e.Message}" };
        }

        string reason = comparison.IsSame ? ""
            : window.IsCut ? $"{comparison.Problem}; more than {EvidenceWindow.RecordLimit} records or {EvidenceWindow.LengthLimitBytes >> 20} MiB would have been needed"
            : !of.IsWhole ? $"{comparison.Problem}; it rests on more than {RuleReach.DeviceLimit} devices"
            : $"{comparison.Problem}; the rule remembers something from before {window.From}";
        return bundle with
        {
            Records = [.. bundle.Records.Select(r => r with { Readings = replay.Readings.GetValueOrDefault(r.Offset) ?? [] })],
            Reproduces = comparison.IsSame,
            Reason = reason,
        };
    }

    private Asked Ask(DecisionToSeal decision)
    {
        if (marks.CityAt(decision.Offset) is not { } revision)
        {
            return new Asked(decision, "", null, null) { Problem = "the log no longer says which city held" };
        }

        CitySnapshot city;
        try
        {
            city = cities(revision).At(decision.At);
        }
        catch (InvalidDataException e)
        {
            return new Asked(decision, revision, null, null) { Problem = e.Message };
        }

        if (decision.Occurrence is not { } occurrence)
        {
            return new Asked(decision, revision, city, null);
        }

        RuleReach? reach = city.Definition.Devices.Find(occurrence.Evidence.DeviceId) is { } device
            ? RuleReach.Of(city.Rules, occurrence.Evidence.Rule.Name, device, city.AreasAt(decision.At))
            : null;
        return new Asked(decision, revision, city, reach) { Problem = reach is null ? "the city that held has no such rule or device" : "" };
    }

    /// <summary>A decision, and what is asked of the log for it.</summary>
    private sealed record Asked(DecisionToSeal Decision, string CityRevision, CitySnapshot? City, RuleReach? Reach)
    {
        public string Problem { get; init; } = "";

        public bool CanWiden { get; set; } = Reach is not null;

        public bool IsWhole => Reach?.IsWhole ?? true;

        public IReadOnlyList<string> Devices => Reach?.DeviceIds ?? [];

        public EvidenceWindow Window(int attempt)
        {
            if (Reach is null)
            {
                return new EvidenceWindow(Decision, Decision.At, [], withPrevious: false);
            }

            TimeSpan wanted = Reach.LookBack * Math.Pow(Widening, attempt);
            TimeSpan lookBack = wanted < LongestLookBack ? wanted : LongestLookBack > Reach.LookBack ? LongestLookBack : Reach.LookBack;
            EventTime began = EventTime.Max(Decision.Occurrence!.OccurredAt, Decision.At - LongestLookBack);
            return new EvidenceWindow(Decision, EventTime.Min(began, Decision.At) - lookBack, Devices, withPrevious: attempt > 0);
        }
    }
}
