namespace Gateway.Rules.Cases;

/// <summary>
/// What one decision of the case rests on was put away in a file: with this event the audit of the case covers the file too.
/// </summary>
/// <param name="Decision">Sequence of the event with which the decision begins: the first of the case, or one that reopened it.</param>
/// <param name="Sha256">SHA-256 of the file, lower-case hexadecimal.</param>
/// <param name="LengthBytes">Its length.</param>
/// <param name="Records">Log records in it.</param>
/// <param name="Reproduces">Whether a replay of the file came to the same decision when it was sealed.</param>
public sealed record EvidenceSealed(int Decision, string Sha256, long LengthBytes, int Records, bool Reproduces) : CaseEvent
{
    /// <inheritdoc />
    private protected override string Describe() =>
        $"evidence of event {Decision} sealed: {Records} records{(Reproduces ? "" : ", which do not reproduce it")}, SHA-256 {Sha256}";
}

/// <summary>Asks for an <see cref="EvidenceSealed"/>; what a case has sealed already is not sealed again.</summary>
/// <param name="CaseNo">The case.</param>
/// <param name="Decision">Sequence of the event with which the decision begins.</param>
/// <param name="Sha256">SHA-256 of the file, lower-case hexadecimal.</param>
/// <param name="LengthBytes">Its length.</param>
/// <param name="Records">Log records in it.</param>
/// <param name="Reproduces">Whether a replay of it came to the same decision.</param>
public sealed record EvidenceSeal(string CaseNo, int Decision, string Sha256, long LengthBytes, int Records, bool Reproduces);
