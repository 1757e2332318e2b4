using Gateway.Protocols.Readings;
using Gateway.Rules.Compilation;

namespace Gateway.Rules.Evaluation;

/// <summary>All an engine knows, and the parts that change it; what is saved and loaded is this.</summary>
internal sealed class EngineState
{
    /// <summary>Creates the state of an engine that has seen nothing.</summary>
    public EngineState(RuleSet rules, RuleLane lane, double clockSpeed)
    {
        Rules = rules;
        Lane = lane;
        Devices = new DeviceTable(lane, clockSpeed);
        Episodes = new EpisodeTable(Devices);
        Timers = new TimerWheel();
        Areas = new AreaTable(rules);
        Calendars = new CalendarWatch(rules);
        Histories = new HistoryTable(Devices, Areas, Calendars);
        Values = new LiveValues(Devices, rules.Devices, Calendars);
        Ladder = new Ladder(rules, Values, Episodes, Timers);
        Absences = new AbsenceWatch(rules, Devices, Values, Episodes, Timers);
    }

    /// <summary>The rules.</summary>
    public RuleSet Rules { get; }

    /// <summary>Those of them that it runs.</summary>
    public RuleLane Lane { get; }

    /// <summary>State by device.</summary>
    public DeviceTable Devices { get; }

    /// <summary>Latest values, for texts.</summary>
    public LiveValues Values { get; }

    /// <summary>Alerts under way.</summary>
    public EpisodeTable Episodes { get; }

    /// <summary>Armed timers.</summary>
    public TimerWheel Timers { get; }

    /// <summary>Earlier readings.</summary>
    public HistoryTable Histories { get; }

    /// <summary>Devices of areas that met conditions lately.</summary>
    public AreaTable Areas { get; }

    /// <summary>Calendars that conditions ask for.</summary>
    public CalendarWatch Calendars { get; }

    /// <summary>Applies conditions.</summary>
    public Ladder Ladder { get; }

    /// <summary>Applies silence.</summary>
    public AbsenceWatch Absences { get; }

    /// <summary>Log time reached; it never goes back.</summary>
    public long NowMs { get; set; } = EventTime.MinValue.UnixMilliseconds;
}
