using Gateway.Rules.Evaluation;

namespace Gateway.Rules.Cases.Cap;

/// <summary>Which part of its life a case is in, for a reader outside.</summary>
internal enum CapPhase : byte
{
    /// <summary>Not filed: nobody is told.</summary>
    Unknown,

    /// <summary>Somebody has to do something.</summary>
    Active,

    /// <summary>Verified and closed.</summary>
    Over,

    /// <summary>A false alarm.</summary>
    False,

    /// <summary>Goes on as part of another case.</summary>
    Elsewhere,
}

/// <summary>What a reader outside sees of a case; a message is due when it changes. Immutable.</summary>
/// <param name="Phase">Part of its life; beyond <see cref="CapPhase.Active"/> nothing else counts.</param>
/// <param name="Severity">Worst so far.</param>
/// <param name="Certainty">One device, or several.</param>
/// <param name="Lead">Who has it, or had it last: a case that was just returned is between two leads.</param>
/// <param name="Reopens">How often it was reopened.</param>
internal readonly record struct CapView(CapPhase Phase, AlertSeverity Severity, CaseCertainty Certainty, string Lead, int Reopens)
{
    public static CapView Nothing { get; } = new(CapPhase.Unknown, default, default, "", 0);

    /// <summary>Whether the earlier messages are not to be acted on.</summary>
    public bool IsTakenBack => Phase is CapPhase.False or CapPhase.Elsewhere;

    /// <summary>The picture of a case.</summary>
    /// <param name="state">The case.</param>
    /// <param name="told">The picture of the message before.</param>
    public static CapView Of(Case state, CapView told)
    {
        CapPhase phase = state.Status switch
        {
            CaseStatus.Collected => CapPhase.Unknown,
            CaseStatus.Voided => CapPhase.False,
            CaseStatus.Merged => CapPhase.Elsewhere,
            CaseStatus.Closed or CaseStatus.Evaluated => CapPhase.Over,
            _ => CapPhase.Active, // also a status of later: work goes on until somebody says that it is over
        };
        return phase == CapPhase.Active
            ? new CapView(phase, state.Severity, state.Certainty, state.Lead.Length == 0 ? told.Lead : state.Lead, state.Reopens)
            : told.Phase == CapPhase.Unknown && phase != CapPhase.Over ? Nothing : told with { Phase = phase };
    }
}
