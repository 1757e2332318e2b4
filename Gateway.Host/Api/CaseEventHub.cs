namespace Gateway.Host.Api;

/// <summary>Tells the open streams that there are new case events; the events themselves are read from the store. Safe for threads.</summary>
internal sealed class CaseEventHub
{
    private TaskCompletionSource _next = NewSignal();

    /// <summary>Completes at the next <see cref="Pulse"/>; take it before looking into the store.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>New events are in the store.</summary>
    public void Pulse() => Interlocked.Exchange(ref _next, NewSignal()).SetResult();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
