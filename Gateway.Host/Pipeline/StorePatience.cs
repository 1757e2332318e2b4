using Gateway.Host.Cases;
using Gateway.Host.IngestLog;

namespace Gateway.Host.Pipeline;

/// <summary>A store did not take what it was given until the gateway stopped; the next start processes it again.</summary>
internal sealed class StoreUnavailableException(string message, Exception inner) : Exception(message, inner);

/// <summary>
/// How the pipeline waits for what it writes to and reads from: a store that is down must not lose what the log holds, and intake does
/// not wait for it.
/// </summary>
/// <param name="wait">Waits so long, and says whether the gateway stops: then everything is tried once.</param>
/// <param name="logger">Hears of the first failure of a run of them.</param>
internal sealed class StorePatience(Func<TimeSpan, bool> wait, ILogger logger)
{
    private const int ReadAttempts = 5;

    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private string? _failure;

    /// <summary>What is waited for; null when nothing is.</summary>
    public string? Failure => Volatile.Read(ref _failure);

    /// <summary>Writes to a store until it takes it.</summary>
    /// <exception cref="StoreUnavailableException">It did not, and the gateway stops.</exception>
    public void Write(string store, Action write)
    {
        while (true)
        {
            try
            {
                write();
                Volatile.Write(ref _failure, null);
                return;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or CaseStoreException { Fault: CaseStoreFault.Locked or CaseStoreFault.Full or CaseStoreFault.Unavailable })
            {
                string failure = Show(store, e);
                if (wait(RetryInterval))
                {
                    throw new StoreUnavailableException(failure, e);
                }
            }
        }
    }

    /// <summary>
    /// Reads on in the log. A disk that does not give the bytes may recover, and what is skipped is not processed, so it is asked some
    /// times; while it goes on failing behind the first skip no more, so that a bad stretch costs its records and not a day.
    /// </summary>
    public bool TryRead(LogReader reader, out LogBatch.Header header, out ReadOnlySpan<byte> records, out int skip)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                bool found = reader.TryReadFrame(out header, out records, out skip);
                if (attempt > 1)
                {
                    Volatile.Write(ref _failure, null);
                }

                return found;
            }
            catch (IOException e)
            {
                Show("ingest log", e);
                if (attempt < ReadAttempts)
                {
                    wait(RetryInterval);
                }
                else
                {
                    reader.SkipUnreadable();
                }
            }
        }
    }

    private string Show(string store, Exception e)
    {
        if (Failure is null)
        {
            logger.StoreFailed(e, store);
        }

        string failure = $"{store}: {e.Message}";
        Volatile.Write(ref _failure, failure);
        return failure;
    }
}
