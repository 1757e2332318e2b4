using System.Numerics;
using Gateway.Rules.Compilation;
using Gateway.Rules.Expressions;
using Gateway.Rules.Functions;

namespace Gateway.Rules.Evaluation;

/// <summary>Earlier readings of the devices that rules look back at; the others cost nothing. Not safe for threads.</summary>
internal sealed class HistoryTable(DeviceTable devices, AreaTable areas, CalendarWatch calendars)
{
    private const int TruthMask = 3;

    private DeviceHistory?[] _byDevice = [];

    /// <summary>What is remembered of a device; null when nothing is.</summary>
    public DeviceHistory? Find(int device) => device < _byDevice.Length ? _byDevice[device] : null;

    /// <summary>What is remembered of a device, made if need be.</summary>
    public DeviceHistory Of(int device, KindLayout layout)
    {
        if (_byDevice.Length == 0)
        {
            _byDevice = new DeviceHistory?[devices.Count];
        }

        return _byDevice[device] ??= new DeviceHistory(layout);
    }

    /// <summary>
    /// Takes a reading into the history of its device and works out the terms that depend on it, into the cells behind the live values.
    /// </summary>
    /// <param name="plan">The device's group.</param>
    /// <param name="device">The device.</param>
    /// <param name="page">Page of its block.</param>
    /// <param name="at">Where in it the block begins; the live values have been merged already.</param>
    /// <param name="values">The row, by column.</param>
    /// <param name="now">Log time, and the row's observation time.</param>
    /// <param name="moved">Positions that came with it.</param>
    /// <returns><paramref name="moved"/>, and the positions of the terms that depend on one of them.</returns>
    public ulong Take(GroupPlan plan, int device, double[] page, int at, ReadOnlySpan<double> values, Moment now, ulong moved)
    {
        int cells = at + DeviceTable.ValuesAt;
        long observedMs = now.ObservedMs ?? now.NowMs;
        DeviceHistory history = Of(device, plan.Layout!);
        foreach (ref readonly HistoryField field in plan.HistoryFields.AsSpan())
        {
            double value = values[field.Column];
            if (!double.IsNaN(value))
            {
                history.Samples(field.Position).Add(observedMs, value, field.KeepMs);
            }
        }

        if (moved == 0)
        {
            return 0; // older than all that is held: the next reading sees it in its windows
        }

        foreach (ref HistoryStep step in plan.Histories.AsSpan())
        {
            bool isMoved = (step.Inputs & moved) != 0;
            double value;
            if (step.Term is WindowTerm window)
            {
                // A window ends with the reading judged, whether or not that brings the field.
                value = ValueOf(window, history.Samples(step.SamplePosition), observedMs);
            }
            else if (step.Term is AreaTerm area)
            {
                // Others may have moved the count, whether or not this reading brings the fields.
                value = ValueOf(area, ref step, device, page, cells, isMoved, now);
            }
            else if (isMoved)
            {
                value = step.Term is HitsTerm hits
                    ? ValueOf(hits, ref step, ref history.Memory(step.Index), page, cells)
                    : ValueOf((SequenceTerm)step.Term, ref step, ref history.Memory(step.Index), page, cells, observedMs);
            }
            else
            {
                continue;
            }

            devices.Set(step.Position, value, observedMs, plan, page, at);
            moved |= isMoved ? 1UL << step.Position : 0;
        }

        return moved;
    }

    private double ValueOf(AreaTerm term, ref HistoryStep step, int device, double[] page, int cells, bool isMoved, Moment now)
    {
        AreaHits hits = areas[term];
        if (isMoved && now.NowMs - now.ObservedMs <= hits.WithinMs && step.First(page, cells, calendars.Values) == Truth.True)
        {
            hits.Add(device, now.NowMs);
        }

        return hits.Count(device, now.NowMs);
    }

    private static double ValueOf(WindowTerm term, SampleHistory samples, long observedMs)
    {
        SampleWindow window = samples.Window(observedMs, (long)term.Window.TotalMilliseconds);
        return window.Count == 0 ? term.Function.OfNothing : term.Function.Compute(window, term.Limit?.Value ?? 0);
    }

    // One bit a reading, the newest lowest; a reading that does not decide the condition is none.
    private double ValueOf(HitsTerm term, ref HistoryStep step, ref long memory, double[] page, int cells)
    {
        Truth truth = step.First(page, cells, calendars.Values);
        if (truth != Truth.Unknown)
        {
            long mask = term.Readings == HitsTerm.ReadingLimit ? -1 : (1L << term.Readings) - 1;
            memory = ((memory << 1) | (truth == Truth.True ? 1L : 0)) & mask;
        }

        return BitOperations.PopCount((ulong)memory);
    }

    // The memory is when the first condition last held, 0 for never.
    private double ValueOf(SequenceTerm term, ref HistoryStep step, ref long memory, double[] page, int cells, long observedMs)
    {
        Truth then = step.Then(page, cells, calendars.Values);
        bool isInTime = memory != 0 && observedMs >= memory && observedMs - memory <= (long)term.Within.TotalMilliseconds;
        if (step.First(page, cells, calendars.Values) == Truth.True)
        {
            memory = observedMs;
        }

        return then == Truth.Unknown ? double.NaN : then == Truth.True && isInTime ? 1 : 0;
    }

    /// <summary>The truth of one condition on live values.</summary>
    internal static Truth Judge(RuleKernel kernel, double[] page, int cells, double[] calendars) => (Truth)(kernel(page, cells, calendars) & TruthMask);
}

/// <summary>What is remembered of one device.</summary>
internal sealed class DeviceHistory
{
    private readonly SampleHistory?[] _samples;
    private readonly long[] _memory;

    /// <summary>Creates an empty one.</summary>
    public DeviceHistory(KindLayout layout)
    {
        _samples = new SampleHistory?[layout.Columns.Length];
        _memory = new long[layout.Histories.Count];
    }

    /// <summary>Earlier readings of the field at a position; null when there are none.</summary>
    public SampleHistory? FindSamples(int position) => _samples[position];

    /// <summary>Earlier readings of the field at a position.</summary>
    public SampleHistory Samples(int position) => _samples[position] ??= new SampleHistory();

    /// <summary>What a term of the layout remembers between readings, 0 at first.</summary>
    public ref long Memory(int index) => ref _memory[index];
}

/// <summary>One field whose readings are kept.</summary>
internal readonly record struct HistoryField(int Column, int Position, long KeepMs);

/// <summary>One term that is worked out at a reading.</summary>
internal struct HistoryStep
{
    private RuleKernel? _first;
    private RuleKernel? _then;

    /// <summary>Lays out a term of a kind.</summary>
    public HistoryStep(HistoryTerm term, KindLayout layout)
    {
        Term = term;
        Layout = layout;
        Position = layout.PositionOf(term.Column);
        Index = Position - layout.Columns.Length;
        Inputs = layout.Pack(term.Columns);
        SamplePosition = term is WindowTerm window ? layout.PositionOf(window.Field.Column) : -1;
    }

    /// <summary>The term.</summary>
    public HistoryTerm Term { get; }

    /// <summary>Where its value lies among the live values.</summary>
    public int Position { get; }

    /// <summary>Its number among the terms of its kind.</summary>
    public int Index { get; }

    /// <summary>Positions of the fields it depends on.</summary>
    public ulong Inputs { get; }

    /// <summary>Position of the field whose readings it looks at; -1 for none.</summary>
    public int SamplePosition { get; }

    private KindLayout Layout { get; }

    /// <summary>Judges the condition of hits or of a count over an area, or the first of a sequence.</summary>
    public Truth First(double[] page, int cells, double[] calendars) => HistoryTable.Judge(_first ??= KernelCompiler.Compile([FirstCondition], Layout), page, cells, calendars);

    /// <summary>Judges the second condition of a sequence.</summary>
    public Truth Then(double[] page, int cells, double[] calendars) =>
        HistoryTable.Judge(_then ??= KernelCompiler.Compile([((SequenceTerm)Term).Then], Layout), page, cells, calendars);

    private Condition FirstCondition => Term switch
    {
        HitsTerm hits => hits.Condition,
        AreaTerm area => area.Condition,
        _ => ((SequenceTerm)Term).First,
    };
}
