using System.Globalization;
using System.Text.Json;
using Gateway.Host.Cases.Evidence;
using Gateway.Rules.Cases;

namespace Gateway.Host.Cli.Evidence;

/// <summary>A decision of a case and its replay.</summary>
/// <param name="Seal">The event that sealed it.</param>
/// <param name="File">Its file, relative to the data directory.</param>
internal sealed record ReplayedDecision(EvidenceSealed Seal, string File)
{
    /// <summary>What was sealed; null where it is not there, or not what was sealed.</summary>
    public EvidenceBundle? Bundle { get; init; }

    /// <summary>The decision beside its replay; null where there was none.</summary>
    public DecisionComparison? Comparison { get; init; }

    /// <summary>Why there was no replay; empty where there was one.</summary>
    public string Problem { get; init; } = "";

    /// <summary>What the other rules made of it; null where none were given.</summary>
    public OtherOutcome? Other { get; init; }

    /// <summary>Whether the replay came to the same decision.</summary>
    public bool IsReproduced => Comparison?.IsEqual == true;

    /// <summary>The events of the decision as this version reads them.</summary>
    public IReadOnlyList<CaseEvent> Events =>
        [.. (Bundle?.Events ?? []).Select(e => JsonSerializer.Deserialize(e, CaseJsonContext.Readable.CaseEvent)).OfType<CaseEvent>()];

    /// <summary>For people: <c>3 events</c>.</summary>
    public string EventCount => string.Create(CultureInfo.InvariantCulture, $"{Bundle?.Events.Count ?? 0} events");
}
