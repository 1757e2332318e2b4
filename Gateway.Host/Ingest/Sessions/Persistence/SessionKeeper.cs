using System.Diagnostics;
using Gateway.Host.Ingest.Connections;
using Gateway.Host.IngestLog;
using Gateway.Host.Workers;

namespace Gateway.Host.Ingest.Sessions.Persistence;

/// <summary>
/// Writes the kept sessions to disk now and then, so that a start reads a little of the log and not all of it, and the log may retire
/// what is older; once more when the gateway stops.
/// </summary>
internal sealed partial class SessionKeeper(string path, SegmentLog log, SessionRegistry sessions, SessionJournal journal, TimeProvider time, ILogger logger) : Worker("sessions", time, logger)
{
    /// <summary>Records after which a snapshot is worth its while though no session is kept: the next start reads the log from there.</summary>
    private const long IdleRecords = 1_000_000;

    /// <summary>Part of the time that writing snapshots may take.</summary>
    private const int DutyDivisor = 20;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RouteLook = TimeSpan.FromMilliseconds(5);

    private long _offset;
    private bool _isEmpty = true;
    private bool _failed;

    /// <summary>Offset from which the log is needed at the next start; the log keeps what is behind it.</summary>
    public long NeededOffset => journal.IsAnyKept ? Volatile.Read(ref _offset) : long.MaxValue;

    /// <summary>Begins where the sessions were brought back to.</summary>
    public void Begin(long offset, bool isEmpty)
    {
        Volatile.Write(ref _offset, offset);
        _isEmpty = isEmpty;
    }

    /// <summary>The last snapshot, when nobody is connected and the log is closed.</summary>
    public void Finish() => TrySave(log.AnnouncedEndOffset);

    /// <inheritdoc />
    protected override async Task RunAsync(CancellationToken stop)
    {
        TimeSpan pause = Interval;
        while (true)
        {
            await Task.Delay(pause, Time, stop).ConfigureAwait(false);
            long began = Stopwatch.GetTimestamp();
            await SaveAsync(stop).ConfigureAwait(false);
            TimeSpan took = Stopwatch.GetElapsedTime(began) * DutyDivisor;
            pause = took > Interval ? took : Interval;
        }
    }

    private async Task SaveAsync(CancellationToken stop)
    {
        long offset = log.AnnouncedEndOffset;
        if (!journal.IsAnyKept && _isEmpty && offset - _offset < IdleRecords)
        {
            return;
        }

        // A message in the log before the offset must have reached the queues of its subscribers before they are looked at.
        foreach (MqttConnection connection in sessions.Connections())
        {
            long routed = connection.Routed;
            while (connection.IsRouting && connection.Routed == routed)
            {
                await Task.Delay(RouteLook, Time, stop).ConfigureAwait(false);
            }
        }

        TrySave(offset);
    }

    private void TrySave(long offset)
    {
        try
        {
            SessionSnapshot snapshot = new(offset, sessions.Kept());
            snapshot.Save(path);
            Begin(offset, snapshot.Sessions.Count == 0);
            _failed = false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Nothing is lost: the older snapshot stands and the log keeps everything after it.
            if (!_failed)
            {
                LogFailed(Logger, e, path);
            }

            _failed = true;
        }
    }

    [LoggerMessage(EventId = 1302, Level = LogLevel.Error, Message = "mqtt: the sessions cannot be written to {Path}; the log keeps what they need and it is tried again")]
    private static partial void LogFailed(ILogger logger, Exception exception, string path);
}
