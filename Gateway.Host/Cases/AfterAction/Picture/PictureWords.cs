using System.Collections.Frozen;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;

namespace Gateway.Host.Cases.AfterAction.Picture;

/// <summary>A name in Chinese and English.</summary>
/// <param name="Chinese">中文.</param>
/// <param name="English">English.</param>
internal readonly record struct Label(string Chinese, string English)
{
    /// <summary>Both.</summary>
    public override string ToString() => $"{Chinese} {English}";
}

/// <summary>What people read in the picture, and the colours that go with it.</summary>
internal static class PictureWords
{
    /// <summary>Colour of the deferred part of a case.</summary>
    public const string DeferredColour = "#e0e0e0";

    private static readonly FrozenDictionary<string, Label> Types = new Dictionary<string, Label>
    {
        ["collected"] = new("信息收集", "collected"),
        ["filed"] = new("案卷建立", "filed"),
        ["unowned"] = new("属地承担", "unowned"),
        ["dispatched"] = new("任务派遣", "dispatched"),
        ["reopened"] = new("重新立案", "reopened"),
        ["accepted"] = new("签收", "accepted"),
        ["returned"] = new("退单", "returned"),
        ["reported"] = new("处理反馈", "reported"),
        ["verificationStarted"] = new("开始核查", "verifying"),
        ["verificationFailed"] = new("核查不通过", "rejected"),
        ["closed"] = new("结案", "closed"),
        ["voided"] = new("误报", "voided"),
        ["commented"] = new("备注", "comment"),
        ["occurrence"] = new("再次告警", "occurrence"),
        ["alertPending"] = new("疑似复发", "pending again"),
        ["alertCleared"] = new("告警解除", "alert cleared"),
        ["severityRaised"] = new("升级", "severity raised"),
        ["conditionCleared"] = new("恢复正常", "condition cleared"),
        ["conditionBreached"] = new("再次越限", "breached again"),
        ["conditionHeld"] = new("保持正常", "still clear"),
        ["clockReminded"] = new("催办", "reminder"),
        ["clockOverdue"] = new("超期督办", "overdue"),
        ["requested"] = new("申请", "request"),
        ["requestDenied"] = new("驳回", "denied"),
        ["deferred"] = new("缓办", "deferred"),
        ["extended"] = new("延期", "extended"),
        ["deferralEnded"] = new("恢复办理", "resumed"),
        ["supervised"] = new("督办", "supervised"),
        ["whistled"] = new("吹哨", "whistle"),
        ["arrived"] = new("到场", "arrived"),
        ["merged"] = new("并案", "merged"),
        ["memberJoined"] = new("并入", "case merged in"),
        ["reportJoined"] = new("群众反映", "report"),
        ["stormJoined"] = new("归入风暴", "part of a storm"),
        ["childJoined"] = new("子案", "part joined"),
        ["evaluated"] = new("综合评价", "evaluated"),
        ["evidenceSealed"] = new("证据封存", "evidence sealed"),
        ["rated"] = new("群众评价", "rated"),
        [TimelineEntry.SilenceType] = new("静默", "silence"),
        [TimelineEntry.ModeType] = new("模式切换", "mode"),
        [TimelineEntry.FiringType] = new("预警", "alert"),
        [TimelineEntry.ResolvedType] = new("预警解除", "alert over"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Whether a type of entry has a name of its own; every one shall.</summary>
    public static bool Knows(string type) => Types.ContainsKey(type);

    /// <summary>Name of a type of entry.</summary>
    public static Label Of(string type) => Types.GetValueOrDefault(type, new Label("事件", type));

    /// <summary>Name of a status: the national seven stages, and what they do not know.</summary>
    public static Label Of(CaseStatus status) => status switch
    {
        CaseStatus.Collected => new("信息收集", "collected"),
        CaseStatus.Filed => new("案卷建立", "filed"),
        CaseStatus.Unowned => new("属地承担", "unowned"),
        CaseStatus.Dispatched => new("任务派遣", "dispatched"),
        CaseStatus.InProgress => new("任务处理", "in progress"),
        CaseStatus.Reported => new("处理反馈", "reported"),
        CaseStatus.Verifying => new("核查", "verifying"),
        CaseStatus.Closed => new("结案", "closed"),
        CaseStatus.Evaluated => new("综合评价", "evaluated"),
        CaseStatus.Voided => new("误报", "voided"),
        _ => new("并案", "merged"),
    };

    /// <summary>Colour of a status.</summary>
    public static string Colour(CaseStatus status) => status switch
    {
        CaseStatus.Unowned => "#d7ccc8",
        CaseStatus.Dispatched => "#ffe0b2",
        CaseStatus.InProgress => "#bbdefb",
        CaseStatus.Reported or CaseStatus.Verifying => "#dcedc8",
        CaseStatus.Closed or CaseStatus.Evaluated => "#c8e6c9",
        CaseStatus.Voided or CaseStatus.Merged => "#eeeeee",
        _ => "#eceff1",
    };

    /// <summary>Name of what a case waits for.</summary>
    public static Label Of(CaseStage stage) => stage switch
    {
        CaseStage.Accepting => new("待签收", "accepting"),
        CaseStage.Handling => new("处置", "handling"),
        CaseStage.Deferred => new("缓办", "deferred"),
        _ => new("核查", "verifying"),
    };

    /// <summary>Colour of what a case waits for.</summary>
    public static string Colour(CaseStage stage) => stage switch
    {
        CaseStage.Accepting => "#ffcc80",
        CaseStage.Handling => "#90caf9",
        CaseStage.Deferred => "#bdbdbd",
        _ => "#c5e1a5",
    };

    /// <summary>Name of a clock.</summary>
    public static Label Of(ClockKind kind) => kind switch
    {
        ClockKind.Accept => new("签收时限", "accept"),
        ClockKind.Resolve => new("处置时限", "resolve"),
        ClockKind.Verify => new("核查时限", "verify"),
        _ => new("到场时限", "arrive"),
    };

    /// <summary>Name of a severity.</summary>
    public static Label Of(AlertSeverity severity) => severity switch
    {
        AlertSeverity.Info => new("一般", "info"),
        AlertSeverity.Warning => new("较大", "warning"),
        AlertSeverity.Critical => new("重大", "critical"),
        _ => new("特别重大", "emergency"),
    };

    /// <summary>Colour of a severity: blue, yellow, orange, red.</summary>
    public static string Colour(AlertSeverity severity) => severity switch
    {
        AlertSeverity.Info => "#1565c0",
        AlertSeverity.Warning => "#c79100",
        AlertSeverity.Critical => "#e65100",
        _ => "#b71c1c",
    };

    /// <summary>Name of a lane.</summary>
    public static Label Of(TimelineLane lane) => lane switch
    {
        TimelineLane.Sensing => new("感知", "sensing"),
        TimelineLane.Work => new("处置", "work"),
        TimelineLane.Supervision => new("督办", "supervision"),
        _ => new("其他", "other"),
    };

    /// <summary>Colour of a lane.</summary>
    public static string Colour(TimelineLane lane) => lane switch
    {
        TimelineLane.Sensing => "#0277bd",
        TimelineLane.Work => "#2e7d32",
        TimelineLane.Supervision => "#c62828",
        _ => "#6a1b9a",
    };

    /// <summary>Name of what binds two cases.</summary>
    public static Label Of(CaseRelation relation) => relation switch
    {
        CaseRelation.Storm => new("所属风暴", "its storm"),
        CaseRelation.Child => new("子案", "part"),
        CaseRelation.Member => new("并入本案", "merged in"),
        CaseRelation.MergedInto => new("并入该案", "merged into it"),
        CaseRelation.SameDevice => new("同设备", "same device"),
        _ => new("同网格", "same grid"),
    };
}
