using System.Text;
using Gateway.Host.IngestLog;
using Gateway.Rules.Files;

namespace Gateway.Host.City;

/// <summary>
/// Watches the city folder while the gateway runs. A changed folder is read as a whole; when it is valid it is archived and a log
/// record makes it active, otherwise the last good snapshot goes on and the findings are shown.
/// </summary>
internal sealed partial class CityWatcher : BackgroundService
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly string _directory;
    private readonly CityArchive _archive;
    private readonly SegmentLog _log;
    private readonly TimeProvider _time;
    private readonly ILogger<CityWatcher> _logger;
    private CitySnapshot _latest;
    private IReadOnlyList<Finding> _findings;
    private long _reloads;
    private long _refusals;
    private long _readings;

    /// <summary>Begins with the snapshot the gateway started with.</summary>
    public CityWatcher(string directory, CitySnapshot latest, IReadOnlyList<Finding> findings, CityArchive archive, SegmentLog log, TimeProvider time, ILogger<CityWatcher> logger)
    {
        _directory = directory;
        _latest = latest;
        _findings = findings;
        _archive = archive;
        _log = log;
        _time = time;
        _logger = logger;
    }

    /// <summary>The newest valid snapshot: what the door works with.</summary>
    public CitySnapshot Latest => Volatile.Read(ref _latest);

    /// <summary>Findings of the last look at the folder.</summary>
    public IReadOnlyList<Finding> Findings => Volatile.Read(ref _findings);

    /// <summary>Snapshots taken since start.</summary>
    public long Reloads => Volatile.Read(ref _reloads);

    /// <summary>Edits refused since start.</summary>
    public long Refusals => Volatile.Read(ref _refusals);

    /// <summary>Times the folder was read since start because it had been touched; most are no change.</summary>
    public long Readings => Volatile.Read(ref _readings);

    /// <summary>Whether the folder as it stands is the snapshot at work.</summary>
    public bool IsFolderValid => !Findings.Any(f => f.Level == FindingLevel.Error);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(LookInterval, _time);
        string seen = Fingerprint();
        string settled = seen;
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            string now = Fingerprint();
            if (now == seen && now != settled)
            {
                // Unchanged since the last look: whoever edits has finished writing.
                settled = now;
                await ReloadAsync().ConfigureAwait(false);
                Interlocked.Increment(ref _readings);
            }

            seen = now;
        }
    }

    /// <summary>Reads the folder and makes it active when it is valid and new.</summary>
    internal async Task ReloadAsync()
    {
        CitySnapshotResult result = CitySnapshot.Read(_directory);
        Volatile.Write(ref _findings, result.Findings);
        if (result.Snapshot is not { } snapshot)
        {
            Interlocked.Increment(ref _refusals);
            LogRefused(_logger, result.Findings.Count(f => f.Level == FindingLevel.Error), result.Findings.First(f => f.Level == FindingLevel.Error).ToString());
            return;
        }

        if (snapshot.Revision == Latest.Revision)
        {
            return;
        }

        _archive.Save(snapshot);
        byte[] revision = Encoding.ASCII.GetBytes(snapshot.Revision);
        if (await _log.AppendAsync(LogRecordKind.Snapshot, default, default, revision).ConfigureAwait(false))
        {
            Volatile.Write(ref _latest, snapshot);
            Interlocked.Increment(ref _reloads);
            LogReloaded(_logger, snapshot.Revision, snapshot.Rules.Rules.Count, snapshot.Definition.Devices.Devices.Count);
        }
    }

    private string Fingerprint()
    {
        StringBuilder text = new();
        try
        {
            foreach (FileInfo file in new DirectoryInfo(_directory).EnumerateFiles("*", SearchOption.AllDirectories).OrderBy(f => f.FullName, StringComparer.Ordinal))
            {
                text.Append(file.FullName).Append('|').Append(file.Length).Append('|').Append(file.LastWriteTimeUtc.Ticks).Append('\n');
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The folder is being moved or is out of reach: that is a state of its own, and reading it will say what is wrong.
            text.Append(e.Message);
        }

        return text.ToString();
    }

    [LoggerMessage(EventId = 1201, Level = LogLevel.Information, Message = "city: snapshot {Revision} is active: {Rules} rules, {Devices} devices")]
    private static partial void LogReloaded(ILogger logger, string revision, int rules, int devices);

    [LoggerMessage(EventId = 1202, Level = LogLevel.Error, Message = "city: the edit is refused, {Errors} errors; the last good snapshot goes on. First: {First}")]
    private static partial void LogRefused(ILogger logger, int errors, string first);
}
