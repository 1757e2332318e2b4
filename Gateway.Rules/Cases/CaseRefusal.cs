namespace Gateway.Rules.Cases;

/// <summary>Why a command was refused.</summary>
public enum CaseRefusalKind : byte
{
    /// <summary>No open or recently closed case has this number.</summary>
    UnknownCase,

    /// <summary>The status does not take the command.</summary>
    Illegal,

    /// <summary>The command lacks something it must say, or says something that cannot be.</summary>
    BadInput,

    /// <summary>The status takes it, but what verification demands is not all there.</summary>
    NotVerifiable,
}

/// <summary>A refused command. Immutable.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Message">One line for people.</param>
/// <param name="Legal">Words of the commands the case takes now.</param>
/// <param name="Missing">What is missing, one line each; empty where the message says it all.</param>
public sealed record CaseRefusal(CaseRefusalKind Kind, string Message, IReadOnlyList<string> Legal, IReadOnlyList<string> Missing);
