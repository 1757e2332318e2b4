using Gateway.Protocols.Readings;
using Gateway.Rules.Compilation;
using Gateway.Rules.Expressions;

namespace Gateway.Rules.Evaluation;

/// <summary>
/// The state machine of a severity ladder (drawn in README.md beside this file): applies the truth of its conditions, or a timer, to the
/// levels of one rule on one device and tells what changed of the alert as a whole, in at most two transitions.
/// Invariant: a level is pending only above the highest raised level, because a higher level vouches for the ones below it.
/// </summary>
internal sealed class Ladder(RuleSet rules, LiveValues values, EpisodeTable episodes, TimerWheel timers)
{
    /// <summary>Applies one reading.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="device">Device index.</param>
    /// <param name="episode">Its episode, or null when idle.</param>
    /// <param name="raise">Truth of each level's raise condition, two bits a level.</param>
    /// <param name="clear">Truth of each level's clear condition; matters only where a level is raised.</param>
    /// <param name="now">When.</param>
    /// <param name="sink">Takes what changed.</param>
    public void Judge(CompiledRule rule, int device, Episode? episode, int raise, int clear, Moment now, ICollection<AlertTransition> sink)
    {
        episode ??= episodes.Open(rule.Index, device, isAbsence: false);
        int topBefore = episode.TopRaised();
        bool recurred = false;
        bool isVouchedFor = false;
        for (int level = rule.Levels.Count - 1; level >= 0; level--)
        {
            ref LevelState state = ref episode.Levels[level];
            Truth breached = (Truth)(raise >> (2 * level) & 3);
            recurred |= level == topBefore && breached == Truth.True && state.HasDipped;
            state.HasDipped = breached == Truth.False || (breached == Truth.Unknown && state.HasDipped);
            if (state.IsRaised)
            {
                JudgeRaised(rule, episode, level, breached, (Truth)(clear >> (2 * level) & 3), now.NowMs);
            }
            else
            {
                JudgeUnraised(rule, episode, level, breached, isVouchedFor, now);
            }

            isVouchedFor |= state.IsRaised;
        }

        Settle(rule, episode, topBefore, recurred, now, sink);
    }

    /// <summary>Applies the timer of one level: its <c>for</c> or its <c>keep_firing_for</c> has passed.</summary>
    public void Expire(in Timer timer, ICollection<AlertTransition> sink)
    {
        CompiledRule rule = rules.Rules[timer.Rule];
        Episode episode = episodes.Find(timer.Rule, timer.Device, isAbsence: false)
            ?? throw new InvalidOperationException($"timer of rule {rule.Name} without an episode: cancelled timers leave the wheel");
        int topBefore = episode.TopRaised();
        ref LevelState state = ref episode.Levels[timer.Part];
        state.Timer = TimerWheel.NoHandle;
        if (state.Phase == LevelPhase.Pending)
        {
            state.Phase = LevelPhase.Raised;
            for (int lower = 0; lower < timer.Part; lower++)
            {
                if (episode.Levels[lower].Phase == LevelPhase.Pending)
                {
                    Enter(episode, lower, LevelPhase.Raised);
                }
            }
        }
        else
        {
            state = new LevelState { Timer = TimerWheel.NoHandle };
        }

        Settle(rule, episode, topBefore, recurred: false, Moment.OfTimer(timer.DueMs), sink);
    }

    private void JudgeRaised(CompiledRule rule, Episode episode, int level, Truth breached, Truth cleared, long nowMs)
    {
        ref LevelState state = ref episode.Levels[level];
        if (breached == Truth.True || cleared == Truth.False)
        {
            Enter(episode, level, LevelPhase.Raised);
        }
        else if (cleared == Truth.True && state.Phase == LevelPhase.Raised)
        {
            TimeSpan hold = rule.Levels[level].KeepFiringFor;
            if (hold == TimeSpan.Zero)
            {
                Enter(episode, level, LevelPhase.Idle);
            }
            else
            {
                Start(episode, level, LevelPhase.Clearing, nowMs, hold);
            }
        }
    }

    private void JudgeUnraised(CompiledRule rule, Episode episode, int level, Truth breached, bool isVouchedFor, Moment now)
    {
        ref LevelState state = ref episode.Levels[level];
        if (breached == Truth.False)
        {
            Enter(episode, level, LevelPhase.Idle);
        }
        else if (state.Phase == LevelPhase.Pending)
        {
            if (isVouchedFor)
            {
                Enter(episode, level, LevelPhase.Raised);
            }
        }
        else if (breached == Truth.True)
        {
            state.OccurredMs = now.ObservedMs ?? now.NowMs;
            TimeSpan wait = rule.Levels[level].For;
            if (wait == TimeSpan.Zero || isVouchedFor)
            {
                Enter(episode, level, LevelPhase.Raised);
            }
            else
            {
                Start(episode, level, LevelPhase.Pending, now.NowMs, wait);
            }
        }
    }

    private void Enter(Episode episode, int level, LevelPhase phase)
    {
        ref LevelState state = ref episode.Levels[level];
        if (state.Timer != TimerWheel.NoHandle)
        {
            timers.Cancel(state.Timer);
            state.Timer = TimerWheel.NoHandle;
        }

        state.Phase = phase;
        state.HasDipped &= phase != LevelPhase.Idle;
    }

    private void Start(Episode episode, int level, LevelPhase phase, long sinceMs, TimeSpan length)
    {
        ref LevelState state = ref episode.Levels[level];
        state.Phase = phase;
        state.SinceMs = sinceMs;
        state.Timer = timers.Arm(new Timer(DueMs(sinceMs, length), episode.Rule, episode.Device, level));
    }

    /// <summary>When a timer that counts from <paramref name="sinceMs"/> is due.</summary>
    public static long DueMs(long sinceMs, TimeSpan length) => (new EventTime(sinceMs) + length).UnixMilliseconds;

    // Levels have moved; what does that make of the alert?
    private void Settle(CompiledRule rule, Episode episode, int topBefore, bool recurred, Moment now, ICollection<AlertTransition> sink)
    {
        int top = episode.TopRaised();
        int pending = episode.TopPending();
        if (top >= 0)
        {
            AlertTransitionKind? change = topBefore < 0 ? AlertTransitionKind.Firing
                : top > topBefore ? AlertTransitionKind.Raised
                : top < topBefore ? AlertTransitionKind.Lowered
                : recurred ? AlertTransitionKind.Recurred : null;
            if (change is { } kind)
            {
                Begin(episode, AlertState.Firing, top, now);
                Tell(rule, episode, kind, top, kind == AlertTransitionKind.Lowered ? rule.Levels[topBefore].Clear : rule.Levels[top].Raise, now, sink);
            }

            return;
        }

        if (topBefore >= 0)
        {
            Tell(rule, episode, AlertTransitionKind.Resolved, topBefore, rule.Levels[topBefore].Clear, now, sink);
            episode.State = AlertState.Inactive;
        }

        if (pending >= 0)
        {
            if (episode.State == AlertState.Inactive)
            {
                Begin(episode, AlertState.Pending, pending, now);
                Tell(rule, episode, AlertTransitionKind.Pending, pending, rule.Levels[pending].Raise, now, sink);
            }

            return;
        }

        if (episode.State == AlertState.Pending)
        {
            Tell(rule, episode, AlertTransitionKind.Dropped, episode.Level, rule.Levels[episode.Level].Raise.Negated(), now, sink);
        }

        if (episode.AreaTimer != TimerWheel.NoHandle)
        {
            timers.Cancel(episode.AreaTimer);
        }

        episodes.Close(episode);
    }

    private static void Begin(Episode episode, AlertState state, int level, Moment now)
    {
        if (episode.State == AlertState.Inactive)
        {
            episode.OccurredMs = episode.Levels[level].OccurredMs;
        }

        if (episode.State != state)
        {
            episode.State = state;
            episode.SinceMs = now.NowMs;
        }
    }

    private void Tell(CompiledRule rule, Episode episode, AlertTransitionKind kind, int level, Condition cause, Moment now, ICollection<AlertTransition> sink)
    {
        episode.Level = level;
        episode.Cause = cause.Describe(values.Of(rule, episode.Device));
        sink.Add(new AlertTransition(
            rule.Index,
            episode.Device,
            kind,
            rule.SeverityOf(level),
            new EventTime(now.NowMs),
            new EventTime(episode.OccurredMs),
            new EventTime(now.ObservedMs ?? episode.OccurredMs),
            IsAbsence: false,
            episode.Cause)
        {
            RuleName = rule.Name,
            DeviceId = values.DeviceId(episode.Device),
        });
    }
}
