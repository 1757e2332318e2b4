using Gateway.Rules.Cases;

namespace Gateway.Host.Pipeline;

/// <summary>A retained message that changed; an empty payload removes it.</summary>
/// <param name="Topic">Topic name.</param>
/// <param name="Qos">QoS it was published with.</param>
/// <param name="Properties">Raw MQTT 5 properties; empty for 3.1.1.</param>
/// <param name="Payload">The payload.</param>
internal sealed record RetainedChange(string Topic, byte Qos, byte[] Properties, byte[] Payload);

/// <summary>The answer to a case command or a report: a refusal, or null when it was taken.</summary>
/// <param name="Id">Names the request.</param>
/// <param name="Refusal">Why not.</param>
/// <param name="Intake">Which case has the report; null for a command.</param>
internal sealed record CommandResult(Guid Id, CaseRefusal? Refusal, CaseIntakeResult? Intake = null);

/// <summary>What some records did that has not been committed yet. Reused; not safe for threads.</summary>
internal sealed class FrameEffects
{
    /// <summary>Case events and changed cases.</summary>
    public CaseChanges Cases { get; } = new();

    /// <summary>Retained messages, the latest of each topic.</summary>
    public Dictionary<string, RetainedChange> Retained { get; } = new(StringComparer.Ordinal);

    /// <summary>What rules in shadow mode would have done.</summary>
    public List<ShadowAlert> Shadow { get; } = [];

    /// <summary>Answers to commands; given once the commit is durable.</summary>
    public List<CommandResult> Results { get; } = [];

    /// <summary>How many alert transitions there were.</summary>
    public int Transitions { get; set; }

    /// <summary>Whether anything must be committed before it is shown.</summary>
    public bool MustCommit => Cases.Events.Count > 0 || Retained.Count > 0 || Results.Count > 0 || Shadow.Count > 0;

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Cases.Clear();
        Retained.Clear();
        Results.Clear();
        Shadow.Clear();
        Transitions = 0;
    }
}
