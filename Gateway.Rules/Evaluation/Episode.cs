namespace Gateway.Rules.Evaluation;

/// <summary>Where one level of a ladder stands.</summary>
internal enum LevelPhase : byte
{
    /// <summary>Not breached.</summary>
    Idle,

    /// <summary>Breached; its <c>for</c> is running.</summary>
    Pending,

    /// <summary>Raised.</summary>
    Raised,

    /// <summary>Raised; its clear condition holds and <c>keep_firing_for</c> is running.</summary>
    Clearing,
}

/// <summary>One level of one episode.</summary>
internal struct LevelState
{
    /// <summary>Where it stands.</summary>
    public LevelPhase Phase;

    /// <summary>Whether a live reading did not breach it since it was last breached.</summary>
    public bool HasDipped;

    /// <summary>Handle of its timer, armed exactly while pending or clearing.</summary>
    public int Timer;

    /// <summary>Log time its running timer counts from.</summary>
    public long SinceMs;

    /// <summary>Observation time of the reading that breached it first.</summary>
    public long OccurredMs;

    /// <summary>Whether it counts for the alert's severity.</summary>
    public readonly bool IsRaised => Phase >= LevelPhase.Raised;
}

/// <summary>
/// What is going on between one rule and one device while it is not idle. An idle pair has no episode and takes no memory. Pooled.
/// </summary>
internal sealed class Episode
{
    /// <summary>Rule index.</summary>
    public int Rule;

    /// <summary>Device index.</summary>
    public int Device;

    /// <summary>Next episode of the same device, as kept in <see cref="EpisodeTable"/>.</summary>
    public int Next;

    /// <summary>Whether it is about silence and not about readings.</summary>
    public bool IsAbsence;

    /// <summary>Pending or firing.</summary>
    public AlertState State;

    /// <summary>Level last told about: the highest raised, or the highest pending while none is raised.</summary>
    public int Level;

    /// <summary>Log time the state began.</summary>
    public long SinceMs;

    /// <summary>Observation time of the first breaching reading (for an absence: the last reading).</summary>
    public long OccurredMs;

    /// <summary>Timer of the next fall of a count over an area; <see cref="TimerWheel.NoHandle"/> for none.</summary>
    public int AreaTimer;

    /// <summary>Cause told last.</summary>
    public string Cause = "";

    /// <summary>The ladder.</summary>
    public readonly LevelState[] Levels = new LevelState[Compilation.CompiledRule.LevelLimit];

    /// <summary>Highest raised level, or -1.</summary>
    public int TopRaised() => Highest(static level => level.IsRaised);

    /// <summary>Highest pending level, or -1.</summary>
    public int TopPending() => Highest(static level => level.Phase == LevelPhase.Pending);

    /// <summary>Makes it new.</summary>
    public void Reset(int rule, int device, bool isAbsence)
    {
        Rule = rule;
        Device = device;
        IsAbsence = isAbsence;
        State = AlertState.Inactive;
        Level = -1;
        SinceMs = 0;
        OccurredMs = 0;
        AreaTimer = TimerWheel.NoHandle;
        Cause = "";
        Array.Fill(Levels, new LevelState { Timer = TimerWheel.NoHandle });
    }

    private int Highest(Func<LevelState, bool> condition)
    {
        int level = Levels.Length - 1;
        while (level >= 0 && !condition(Levels[level]))
        {
            level--;
        }

        return level;
    }
}
