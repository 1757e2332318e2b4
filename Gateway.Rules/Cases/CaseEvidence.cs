using Gateway.Protocols.Readings;
using Gateway.Rules.Evaluation;

namespace Gateway.Rules.Cases;

/// <summary>The rule that decided, exactly.</summary>
/// <param name="File">Path of its file relative to the city folder.</param>
/// <param name="Name">Its name.</param>
/// <param name="Sha256">SHA-256 of what was compiled, lower-case hexadecimal.</param>
public sealed record RuleReference(string File, string Name, string Sha256);

/// <summary>Why the gateway believed it. The raw message stands in the log at <paramref name="Offset"/>.</summary>
/// <param name="Offset">Log offset of the message.</param>
/// <param name="At">Log time.</param>
/// <param name="ObservedAt">The device's time of the reading.</param>
/// <param name="DeviceId">The device.</param>
/// <param name="Values">The reading as text.</param>
/// <param name="Cause">The condition with its values, for example <c>water_level 0.42 m &gt;= 0.30</c>.</param>
/// <param name="Rule">The rule that decided.</param>
public sealed record CaseEvidence(
    long Offset, EventTime At, EventTime ObservedAt, string DeviceId, string Values, string Cause, RuleReference Rule);

/// <summary>One firing or recurring alert as it joins a case.</summary>
/// <param name="Severity">Its severity.</param>
/// <param name="OccurredAt">Observation time of the first breaching reading.</param>
/// <param name="Reports">Whether the device reports at an interval.</param>
/// <param name="Evidence">What it rests on.</param>
public sealed record AlertOccurrence(AlertSeverity Severity, EventTime OccurredAt, bool Reports, CaseEvidence Evidence);
