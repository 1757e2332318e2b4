using Gateway.Rules.Evaluation;

namespace Gateway.Rules.Cases.Cap;

/// <summary>The words of one language. Immutable.</summary>
public sealed class CapLanguage
{
    private readonly IReadOnlyDictionary<string, string> _events;
    private readonly Func<AlertSeverity, string> _level;
    private readonly Func<CapPhase, string> _phase;
    private readonly Func<CapPhase, string> _state;
    private readonly Func<CapResponseType, string> _instruction;

    private CapLanguage(
        string code,
        IReadOnlyDictionary<string, string> events,
        Func<AlertSeverity, string> level,
        Func<CapPhase, string> phase,
        Func<CapPhase, string> state,
        Func<CapResponseType, string> instruction)
    {
        (Code, _events, _level, _phase, _state, _instruction) = (code, events, level, phase, state, instruction);
    }

    /// <summary>Chinese.</summary>
    public static CapLanguage Chinese { get; } = new(
        "zh-CN",
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["fire"] = "火情",
            ["flood"] = "积水内涝",
            ["flood.underpass"] = "下穿通道积水",
            ["flood.road"] = "道路积水",
            ["flood.river"] = "河道水位",
            ["flood.reservoir"] = "水库水位",
            ["security"] = "治安事件",
            ["order"] = "市容秩序问题",
            ["device"] = "感知设备异常",
            ["traffic"] = "交通事件",
        },
        severity => severity switch
        {
            AlertSeverity.Emergency => "红色(特别重大)",
            AlertSeverity.Critical => "橙色(重大)",
            AlertSeverity.Warning => "黄色(较大)",
            _ => "蓝色(一般)",
        },
        phase => phase switch { CapPhase.Over => "已结案:", CapPhase.False => "误报撤销:", CapPhase.Elsewhere => "并案撤销:", _ => "" },
        phase => phase switch
        {
            CapPhase.Over => "已核查结案。",
            CapPhase.False => "经核实为误报,此前消息撤销。",
            CapPhase.Elsewhere => "已并入其他案卷,此前消息撤销。",
            _ => "正在处置。",
        },
        response => response switch
        {
            CapResponseType.AllClear => "险情解除,可恢复正常。",
            CapResponseType.Evacuate => "请立即撤离现场,勿乘电梯,为消防车辆让行。",
            CapResponseType.Avoid => "请绕行,勿进入该区域。",
            CapResponseType.Monitor => "请关注后续消息。",
            _ => "请责任单位核实并处置。",
        })
    {
        ExerciseMark = "[演练] ",
        PlaceMark = " - ",
        SensedFormat = "监测依据:{0};涉及设备 {1} 台,告警 {2} 次。",
        LeadFormat = "牵头单位:{0}。",
    };

    /// <summary>English.</summary>
    public static CapLanguage English { get; } = new(
        "en-US",
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["fire"] = "Fire",
            ["flood"] = "Flooding",
            ["flood.underpass"] = "Flooded underpass",
            ["flood.road"] = "Flooded road",
            ["flood.river"] = "River level",
            ["flood.reservoir"] = "Reservoir level",
            ["security"] = "Security incident",
            ["order"] = "Public order problem",
            ["device"] = "Sensor trouble",
            ["traffic"] = "Traffic incident",
        },
        severity => severity switch
        {
            AlertSeverity.Emergency => "Red:",
            AlertSeverity.Critical => "Orange:",
            AlertSeverity.Warning => "Yellow:",
            _ => "Blue:",
        },
        phase => phase switch { CapPhase.Over => "Over: ", CapPhase.False => "False alarm: ", CapPhase.Elsewhere => "Merged: ", _ => "" },
        phase => phase switch
        {
            CapPhase.Over => "Verified and closed.",
            CapPhase.False => "Found to be a false alarm; the earlier messages are taken back.",
            CapPhase.Elsewhere => "Goes on as part of another case; the earlier messages are taken back.",
            _ => "Being dealt with.",
        },
        response => response switch
        {
            CapResponseType.AllClear => "The danger is over.",
            CapResponseType.Evacuate => "Leave at once, do not use lifts, keep the way free for fire engines.",
            CapResponseType.Avoid => "Keep away from the area.",
            CapResponseType.Monitor => "Follow the news of it.",
            _ => "The responsible unit is to check and deal with it.",
        })
    {
        ExerciseMark = "[Exercise] ",
        PlaceMark = ", ",
        SensedFormat = "Sensed: {0}; {1} devices, {2} alerts.",
        LeadFormat = "Lead unit: {0}.",
    };

    /// <summary>RFC 3066 tag.</summary>
    public string Code { get; }

    /// <summary>Goes before the headline of an exercise.</summary>
    public required string ExerciseMark { get; init; }

    /// <summary>Between event and place.</summary>
    public required string PlaceMark { get; init; }

    /// <summary>Cause, number of devices, number of alerts.</summary>
    public required string SensedFormat { get; init; }

    /// <summary>The lead.</summary>
    public required string LeadFormat { get; init; }

    /// <summary>Name of an event kind, of its family, or the kind itself.</summary>
    public string EventName(string kind)
    {
        string? name = _events.GetValueOrDefault(kind) ?? _events.GetValueOrDefault(kind.Split('.', 2)[0]);
        string line = name ?? CapName.Line(kind, CapTexts.NameLengthLimit);
        return line.Length == 0 ? "-" : line;
    }

    /// <summary>Beginning of a headline: the level while it goes on, else how it ended.</summary>
    internal string Phase(CapPhase phase, AlertSeverity severity) => phase == CapPhase.Active ? $"{_level(severity)} " : _phase(phase);

    /// <summary>Where it stands, as a sentence.</summary>
    internal string State(CapPhase phase) => _state(phase);

    /// <summary>What to do, as a sentence.</summary>
    internal string Instruction(CapResponseType response) => _instruction(response);
}
