using Gateway.Protocols.Readings;
using Gateway.Rules.Evaluation;

namespace Gateway.Tests.Rules.Evaluation;

/// <summary>A rule as <see cref="TimerModel"/> knows it: one level that is raised from a limit on, with its times, and perhaps a silence.</summary>
internal sealed record TimedRule(int Limit, TimeSpan For, TimeSpan KeepFiringFor, TimeSpan? AbsentAfter);

/// <summary>A transition without its words.</summary>
internal readonly record struct TimedTransition(EventTime At, int Rule, int Device, AlertTransitionKind Kind, bool IsAbsence);

/// <summary>What the engine has to tell of rules with timers, by the plainest means: all timers in a sorted set, all state in dictionaries.</summary>
internal sealed class TimerModel(IReadOnlyList<TimedRule> rules)
{
    private readonly SortedSet<(EventTime Due, int Rule, int Device, bool IsAbsence)> _armed = [];
    private readonly Dictionary<(int Rule, int Device), (bool IsRaised, EventTime? Due)> _levels = [];
    private readonly Dictionary<(int Rule, int Device), EventTime> _heard = [];
    private readonly HashSet<(int Rule, int Device)> _absent = [];

    public List<TimedTransition> Told { get; } = [];

    public EventTime? NextDue => _armed.Count == 0 ? null : _armed.Min.Due;

    public void Advance(EventTime now)
    {
        while (NextDue <= now)
        {
            (EventTime due, int rule, int device, bool isAbsence) = _armed.Min;
            _armed.Remove(_armed.Min);
            if (!isAbsence)
            {
                bool isRaised = !_levels[(rule, device)].IsRaised;
                _levels[(rule, device)] = (isRaised, null);
                Tell(due, rule, device, isRaised ? AlertTransitionKind.Firing : AlertTransitionKind.Resolved);
            }
            else if (_heard[(rule, device)] + rules[rule].AbsentAfter!.Value is var later && later > due)
            {
                _armed.Add((later, rule, device, true));
            }
            else
            {
                _absent.Add((rule, device));
                Tell(due, rule, device, AlertTransitionKind.Firing, isAbsence: true);
            }
        }
    }

    public void Read(EventTime now, int device, double value)
    {
        Advance(now);
        for (int rule = 0; rule < rules.Count; rule++)
        {
            if (rules[rule].AbsentAfter is { } after)
            {
                Hear(now, rule, device, after);
            }
        }

        for (int rule = 0; rule < rules.Count; rule++)
        {
            Judge(now, rule, device, value >= rules[rule].Limit);
        }
    }

    private void Hear(EventTime now, int rule, int device, TimeSpan after)
    {
        bool isBack = _absent.Remove((rule, device));
        if (isBack)
        {
            Tell(now, rule, device, AlertTransitionKind.Resolved, isAbsence: true);
        }

        if (isBack || !_heard.ContainsKey((rule, device)))
        {
            _armed.Add((now + after, rule, device, true));
        }

        _heard[(rule, device)] = now;
    }

    private void Judge(EventTime now, int rule, int device, bool isBreached)
    {
        (bool isRaised, EventTime? due) = _levels.GetValueOrDefault((rule, device));
        if (due is { } cancelled && isBreached == isRaised)
        {
            _armed.Remove((cancelled, rule, device, false));
            _levels[(rule, device)] = (isRaised, null);
            Tell(now, rule, device, isRaised ? AlertTransitionKind.Recurred : AlertTransitionKind.Dropped);
        }
        else if (due is null && isBreached != isRaised)
        {
            TimeSpan length = isRaised ? rules[rule].KeepFiringFor : rules[rule].For;
            if (length == TimeSpan.Zero)
            {
                _levels[(rule, device)] = (!isRaised, null);
                Tell(now, rule, device, isRaised ? AlertTransitionKind.Resolved : AlertTransitionKind.Firing);
                return;
            }

            _levels[(rule, device)] = (isRaised, now + length);
            _armed.Add((now + length, rule, device, false));
            if (!isRaised)
            {
                Tell(now, rule, device, AlertTransitionKind.Pending);
            }
        }
    }

    private void Tell(EventTime at, int rule, int device, AlertTransitionKind kind, bool isAbsence = false) =>
        Told.Add(new TimedTransition(at, rule, device, kind, isAbsence));
}
