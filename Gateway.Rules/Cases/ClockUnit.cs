namespace Gateway.Rules.Cases;

/// <summary>What a time limit counts.</summary>
public enum ClockUnit : byte
{
    /// <summary>自然时间: every minute.</summary>
    Natural,

    /// <summary>工作小时: the time the working hours of the lead's calendar run.</summary>
    WorkingHours,

    /// <summary>工作日: whole working days of the lead's calendar. The day it starts is not counted; it ends with the working hours of the last.</summary>
    WorkingDays,
}
