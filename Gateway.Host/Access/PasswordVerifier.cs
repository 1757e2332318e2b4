using Gateway.Host.Access.Credentials;

namespace Gateway.Host.Access;

/// <summary>
/// Checks passwords the long way: off the socket threads, and on no more than half of the machine's processors, so that a crowd of
/// wrong passwords cannot take the gateway's time from those who are in. Safe for threads.
/// </summary>
/// <param name="patience">How long one waits for its turn.</param>
internal sealed class PasswordVerifier(TimeSpan patience)
{
    private readonly SemaphoreSlim _turns = new(Math.Max(1, Environment.ProcessorCount / 2));
    private long _count;

    /// <summary>Passwords hashed since start.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Waits for a turn; false when it does not come in time.</summary>
    public Task<bool> TakeTurnAsync() => _turns.WaitAsync(patience);

    /// <summary>Gives the turn back.</summary>
    public void EndTurn() => _turns.Release();

    /// <summary>
    /// Whether a password is that of a name, in the same time whether there is such a name or not. Within a turn.
    /// </summary>
    public Task<bool> VerifyAsync(CredentialSet credentials, string name, ReadOnlyMemory<byte> password) => VerifyAsync(() =>
    {
        if (credentials.Find(name) is { } stored)
        {
            return stored.Verify(password.Span);
        }

        _ = credentials.Decoy(name).Matches(password.Span);
        return false;
    });

    /// <summary>What a check says that hashes a password. Within a turn.</summary>
    public Task<T> VerifyAsync<T>(Func<T> check)
    {
        Interlocked.Increment(ref _count);
        return Task.Run(check);
    }
}
