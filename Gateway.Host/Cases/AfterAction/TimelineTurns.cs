namespace Gateway.Host.Cases.AfterAction;

/// <summary>
/// Lets timelines be made on no more than half of the machine's processors: each reads up to millions of samples, and a page that many people open at
/// once must not take the gateway's time from its devices. Safe for threads.
/// </summary>
/// <param name="count">How many at once.</param>
/// <param name="time">The time that passes while one waits.</param>
internal sealed class TimelineTurns(int count, TimeProvider time)
{
    /// <summary>How long one waits for its turn, and how long who got none is told to wait.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _turns = new(count);

    /// <summary>As many as this machine bears.</summary>
    public static int Usual => Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>Waits for a turn; false when it does not come in time.</summary>
    /// <exception cref="OperationCanceledException">Nobody waits any more.</exception>
    public async Task<bool> TakeAsync(CancellationToken cancellation)
    {
        using CancellationTokenSource patience = new(Patience, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            await _turns.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Gives the turn back.</summary>
    public void End() => _turns.Release();
}
