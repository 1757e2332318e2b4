using System.Security.Cryptography;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Cases.Audit;

/// <summary>
/// Makes checkpoints while the gateway runs: when <see cref="Interval"/> entries are new, or a day has passed since the last one, and when
/// it stops. It works on a thread of the pool, so that no commit waits for a signature. What fails is told and tried again after more
/// entries: without a checkpoint cases go on, and the chain has them all.
/// </summary>
internal sealed partial class AuditKeeper : IDisposable
{
    /// <summary>Entries from one checkpoint to the next.</summary>
    public const int Interval = 1024;

    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly SqliteCaseStore _store;
    private readonly AuditFolder _folder;
    private readonly Func<EventTime> _now;
    private readonly ILogger _logger;
    private readonly Lock _sealing = new();
    private int _busy;
    private long _tried;
    private EventTime _triedAt;
    private bool _ended;

    /// <summary>Takes the store over from here on; what no checkpoint has yet, after a crash, gets one.</summary>
    public AuditKeeper(SqliteCaseStore store, AuditFolder folder, Func<EventTime> now, ILogger logger)
    {
        _store = store;
        _folder = folder;
        _now = now;
        _logger = logger;
        _tried = store.AuditCovered();
        _triedAt = now();
        if (store.LastSequence > _tried)
        {
            Begin();
        }
    }

    /// <summary>Something was committed. Returns at once.</summary>
    public void Pulse()
    {
        long fresh = _store.LastSequence - Volatile.Read(ref _tried);
        if (fresh >= Interval || (fresh > 0 && _now() - _triedAt >= LongestWait))
        {
            Begin();
        }
    }

    /// <summary>Makes the last checkpoint; nothing touches the store afterwards.</summary>
    public void Dispose()
    {
        lock (_sealing)
        {
            Seal();
            _ended = true;
        }
    }

    private void Begin()
    {
        if (Interlocked.Exchange(ref _busy, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static keeper => keeper.Work(), this, preferLocal: false);
        }
    }

    private void Work()
    {
        lock (_sealing)
        {
            Volatile.Write(ref _busy, 0);
            if (!_ended)
            {
                Seal();
            }
        }
    }

    private void Seal()
    {
        Volatile.Write(ref _tried, _store.LastSequence);
        _triedAt = _now();
        try
        {
            long last = _tried;
            while (_store.SealAudit(_folder) is { } made && made.Sequence < last)
            {
                // one after the other, so that commits get in between
            }
        }
        catch (Exception e) when (e is CaseStoreException or IOException or UnauthorizedAccessException or InvalidDataException or CryptographicException)
        {
            LogFailed(_logger, e.Message);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogBroke(_logger, e); // on a thread of the pool it would end the process
        }
    }

    [LoggerMessage(EventId = 1701, Level = LogLevel.Error, Message = "audit: no checkpoint could be made: {Problem}; cases go on and their chain is whole, it is tried again after more entries")]
    private static partial void LogFailed(ILogger logger, string problem);

    [LoggerMessage(EventId = 1702, Level = LogLevel.Critical, Message = "audit: making a checkpoint failed in a way that was not foreseen; cases go on and their chain is whole, it is tried again after more entries; please report this")]
    private static partial void LogBroke(ILogger logger, Exception exception);
}
