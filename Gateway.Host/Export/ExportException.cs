namespace Gateway.Host.Export;

/// <summary>An export or import that cannot be made; the message says where, what is wrong and what to do.</summary>
/// <param name="message">The message.</param>
/// <param name="inner">What it came of.</param>
internal sealed class ExportException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether what was found is at fault (exit code 1), and not how or on what the command was called (2).</summary>
    public bool IsFinding { get; init; } = true;

    /// <summary>About how or on what the command was called.</summary>
    public static ExportException Usage(string message, Exception? inner = null) => new(message, inner) { IsFinding = false };
}
