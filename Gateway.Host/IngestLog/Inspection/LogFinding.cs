namespace Gateway.Host.IngestLog.Inspection;

/// <summary>One thing about a log that a person should know.</summary>
/// <param name="Segment">File name.</param>
/// <param name="Offset">Log offset of the record expected at the place.</param>
/// <param name="Position">Byte of the file.</param>
/// <param name="IsError">Whether the log is not as it was written; false for what is as it should be after a kill or a failed write.</param>
/// <param name="Message">What it is.</param>
/// <param name="Fix">What to do; empty for nothing.</param>
internal sealed record LogFinding(string Segment, long Offset, long Position, bool IsError, string Message, string Fix)
{
    /// <summary><c>SEGMENT:OFFSET:BYTE: error: what, and what to do</c>.</summary>
    public override string ToString() =>
        FormattableString.Invariant($"{Segment}:{Offset}:{Position}: {(IsError ? "error" : "note")}: {Message}{(Fix.Length > 0 ? "; " : "")}{Fix}");
}
