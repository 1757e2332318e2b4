namespace Gateway.Host.Cli.Simulate.Replay;

/// <summary>What is wrong with a recording and where.</summary>
/// <param name="File">The file as named on the command line.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in characters.</param>
/// <param name="Message">What is wrong and how to mend it.</param>
internal readonly record struct ReplayError(string File, int Line, int Column, string Message)
{
    /// <inheritdoc />
    public override string ToString() => $"{File}:{Line}:{Column}: error: {Message}";
}
