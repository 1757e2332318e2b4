namespace Gateway.Rules.Cases.Cap.Reading;

/// <summary>Why a document is not a CAP 1.2 message.</summary>
/// <param name="Line">Line, from 1; 0 when it has none.</param>
/// <param name="Column">Column, from 1; 0 when it has none.</param>
/// <param name="Message">What is wrong, one line.</param>
public sealed record CapFault(int Line, int Column, string Message)
{
    /// <summary><c>line:column: message</c>.</summary>
    public override string ToString() => $"{Line}:{Column}: {Message}";
}

/// <summary>What came of reading a document: a message, or faults. Immutable.</summary>
/// <param name="Alert">The message; null when there are faults.</param>
/// <param name="Faults">What is wrong, in the order of the document; empty when it was read.</param>
public sealed record CapReading(CapAlert? Alert, IReadOnlyList<CapFault> Faults);
