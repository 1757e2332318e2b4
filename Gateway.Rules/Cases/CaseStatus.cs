namespace Gateway.Rules.Cases;

/// <summary>Where a case stands in the national seven stages 信息收集 案卷建立 任务派遣 任务处理 处理反馈 核查结案 综合评价.</summary>
public enum CaseStatus : byte
{
    /// <summary>信息收集: reported or sensed, not yet filed.</summary>
    Collected,

    /// <summary>案卷建立: filed, no unit has it.</summary>
    Filed,

    /// <summary>Filed, and no row of the responsibility list names a lead: the territory 属地 has it.</summary>
    Unowned,

    /// <summary>任务派遣: given to a lead that has not yet accepted it.</summary>
    Dispatched,

    /// <summary>任务处理: accepted 签收, being worked on.</summary>
    InProgress,

    /// <summary>处理反馈: the handler reports it done. Passed through at once: the watch for cleared readings begins with the report.</summary>
    Reported,

    /// <summary>核查: waiting for cleared readings, the field check and the verifier.</summary>
    Verifying,

    /// <summary>结案: verified.</summary>
    Closed,

    /// <summary>综合评价: closed and rated.</summary>
    Evaluated,

    /// <summary>误报: a false alarm.</summary>
    Voided,

    /// <summary>并案: goes on as part of another case.</summary>
    Merged,
}

/// <summary>Questions about a status.</summary>
public static class CaseStatusExtensions
{
    /// <summary>The statuses in which someone still has to do something.</summary>
    public static IReadOnlyList<CaseStatus> Open { get; } = [.. Enum.GetValues<CaseStatus>().Where(s => s.IsOpen())];

    /// <summary>Whether someone still has to do something; at most one case of a key is open.</summary>
    public static bool IsOpen(this CaseStatus status) => status < CaseStatus.Closed;
}
