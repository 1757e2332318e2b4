namespace Gateway.Tests.Simulation;

/// <summary>What may fail.</summary>
internal enum Fault
{
    Create,
    Delete,
    SyncDirectory,
    Read,
    Write,
    Sync,
    CaseStoreDown,
    CaseStoreLies,
    SeriesAppend,
    SeriesFlush,
    SessionFile,
    Kill,
}

/// <summary>
/// How often each thing fails under this seed: some seeds have a rotten disk and no crash, others the other way round, so that rare
/// sequences are not drowned in other noise. In the healing phase nothing fails.
/// </summary>
internal sealed class SimulationFaults
{
    private const int LongestRunOfReadErrors = 3;

    private readonly int[] _perMille = new int[Enum.GetValues<Fault>().Length];
    private readonly Action _meanwhile;
    private readonly int _latencyPerMille;
    private int _readErrors;

    /// <param name="random">The seed's numbers.</param>
    /// <param name="meanwhile">Lets the rest of the world go on while the disk or a store is slow.</param>
    public SimulationFaults(SimulationRandom random, Action meanwhile)
    {
        Random = random;
        _meanwhile = meanwhile;
        _latencyPerMille = random.Of(0, 200, 700);
        foreach (Fault fault in Enum.GetValues<Fault>())
        {
            _perMille[(int)fault] = random.Of(0, 0, 10, 40, 150);
        }

        _perMille[(int)Fault.Kill] = random.Of(0, 1, 4, 12);
        _perMille[(int)Fault.Read] = random.Of(0, 0, 2, 10);
    }

    /// <summary>The seed's numbers.</summary>
    public SimulationRandom Random { get; }

    /// <summary>Whether nothing fails: the world heals, or somebody looks at it.</summary>
    public bool AreOff { get; set; }

    /// <summary>Whether it fails this time.</summary>
    public bool Strikes(Fault fault)
    {
        if (AreOff)
        {
            return false;
        }

        bool strikes = Random.PerMille(_perMille[(int)fault]);
        if (fault == Fault.Read)
        {
            // After five tries the pipeline passes over what cannot be read: that is damage, and not what is simulated here.
            strikes &= _readErrors < LongestRunOfReadErrors;
            _readErrors = strikes ? _readErrors + 1 : 0;
        }

        return strikes;
    }

    /// <summary>The process may end here.</summary>
    /// <exception cref="ProcessKilled">It does.</exception>
    public void MayKill()
    {
        if (Strikes(Fault.Kill))
        {
            throw new ProcessKilled();
        }
    }

    /// <summary>It takes a while, and others do not wait.</summary>
    public void TakeTime()
    {
        if (!AreOff && Random.PerMille(_latencyPerMille))
        {
            _meanwhile();
        }
    }
}
