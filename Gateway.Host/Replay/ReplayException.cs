namespace Gateway.Host.Replay;

/// <summary>The log cannot be replayed; the message says why and what to do.</summary>
internal sealed class ReplayException : Exception
{
    public ReplayException(string message)
        : base(message)
    {
    }

    public ReplayException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
