using System.Text;
using Gateway.Host.IngestLog;
using Gateway.Host.Workers;
using Gateway.Rules.Files;

namespace Gateway.Host.City;

/// <summary>
/// Watches the city folder while the gateway runs. A changed folder is read as a whole; when it is valid it is archived and a log
/// record makes it active, otherwise the last good snapshot goes on and the findings are shown.
/// </summary>
internal sealed partial class CityWatcher : Worker
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetryInterval = TimeSpan.FromSeconds(30);

    private readonly string _directory;
    private readonly ModeFile _mode;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CityArchive _archive;
    private readonly SegmentLog _log;
    private CitySnapshot _latest;
    private CitySnapshot _before;
    private string? _notInEffect;
    private string? _settled; // what the folder was when it was last worked off
    private IReadOnlyList<ModeSwitch>? _kept; // switches that are in the file and not active yet
    private IReadOnlyList<Finding> _findings;
    private long _reloads;
    private long _refusals;
    private long _readings;

    /// <summary>Begins with the snapshot the gateway started with.</summary>
    public CityWatcher(string directory, ModeFile mode, CitySnapshot latest, IReadOnlyList<Finding> findings, CityArchive archive, SegmentLog log, TimeProvider time, ILogger<CityWatcher> logger)
        : base("city", time, logger)
    {
        _directory = directory;
        _mode = mode;
        _latest = latest;
        _before = latest;
        _findings = findings;
        _archive = archive;
        _log = log;
    }

    /// <summary>The newest valid snapshot: what the door works with.</summary>
    public CitySnapshot Latest => Volatile.Read(ref _latest);

    /// <summary>The one before it; messages that came in under it may still be on their way to the disk. The same at first.</summary>
    public CitySnapshot Before => Volatile.Read(ref _before);

    /// <summary>Why a valid edit is not the snapshot at work yet; null when none waits. It is tried again until it is.</summary>
    public string? NotInEffect => Volatile.Read(ref _notInEffect);

    /// <summary>Findings of the last look at the folder.</summary>
    public IReadOnlyList<Finding> Findings => Volatile.Read(ref _findings);

    /// <summary>Snapshots taken since start.</summary>
    public long Reloads => Volatile.Read(ref _reloads);

    /// <summary>Edits refused since start.</summary>
    public long Refusals => Volatile.Read(ref _refusals);

    /// <summary>Times the folder was read since start because it had been touched; most are no change.</summary>
    public long Readings => Volatile.Read(ref _readings);

    /// <summary>Whether the folder as it stands has no errors.</summary>
    public bool IsFolderValid => !Findings.Any(f => f.Level == FindingLevel.Error);

    /// <summary>Whether the folder as it stands is the snapshot at work.</summary>
    public bool IsFolderInEffect => IsFolderValid && NotInEffect is null;

    /// <inheritdoc />
    protected override async Task RunAsync(CancellationToken stop)
    {
        using PeriodicTimer timer = new(LookInterval, Time);

        // What was not finished when a run before this one failed is begun again: an edit or a switch is never forgotten.
        string seen = Fingerprint();
        _settled ??= seen;
        TimeSpan retryInterval = LookInterval;
        long? retryFrom = NotInEffect is null ? null : Time.GetTimestamp();
        while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
        {
            string now = Fingerprint();
            if (now == seen && now != _settled)
            {
                // Unchanged since the last look: whoever edits has finished writing.
                retryInterval = LookInterval;
                retryFrom = await ReloadAsync().ConfigureAwait(false) ? null : Time.GetTimestamp();
                _settled = now;
                Interlocked.Increment(ref _readings);
            }
            else if (retryFrom is { } from && Time.GetElapsedTime(from) >= retryInterval)
            {
                retryInterval = retryInterval * 2 < LongestRetryInterval ? retryInterval * 2 : LongestRetryInterval;
                retryFrom = await ReloadAsync().ConfigureAwait(false) ? null : Time.GetTimestamp();
            }

            seen = now;
        }
    }

    /// <summary>Reads the folder and makes it active when it is valid and new.</summary>
    /// <returns>False when a valid edit could not be made active; <see cref="NotInEffect"/> says why, and it must be tried again.</returns>
    internal Task<bool> ReloadAsync() => InTurnAsync(async () =>
    {
        CitySnapshotResult read = Read();
        bool isDone = await TakeAsync(read).ConfigureAwait(false);
        if (read.Snapshot is null && _kept is { } kept)
        {
            // The folder is broken, and a switch of mode waits: it does not wait for whoever mends the folder.
            isDone = await TakeAsync(new CitySnapshotResult(Switched(ModeFile.With(kept[0], [.. kept.Skip(1)])), read.Findings)).ConfigureAwait(false);
        }

        return isDone;
    });

    /// <summary>
    /// Switches the mode. It builds on the last good snapshot: an edit of rules that is under way, or broken, keeps nobody from it.
    /// </summary>
    /// <returns>False when the switch is kept but not active yet; <see cref="NotInEffect"/> says why, and it is tried again.</returns>
    /// <exception cref="IOException">It could not be kept; nothing has changed.</exception>
    /// <exception cref="InvalidOperationException">The city does not compile in that mode, which was checked when it was read.</exception>
    public Task<bool> SwitchAsync(ModeSwitch to) => InTurnAsync(async () =>
    {
        IReadOnlyList<ModeSwitch> before = Switches;
        CityFile file = ModeFile.With(to, before);
        CitySnapshot snapshot = Switched(file);
        _mode.Write(file);
        Volatile.Write(ref _kept, [to, .. before]);
        return await TakeAsync(new CitySnapshotResult(snapshot, Findings)).ConfigureAwait(false);
    });

    /// <summary>The switches of mode that are kept, newest first, also where the latest is not active yet; empty where nobody has switched.</summary>
    public IReadOnlyList<ModeSwitch> Switches => Volatile.Read(ref _kept) ?? Latest.Definition.ModeSwitches;

    /// <summary>The mode that was switched to last, active yet or not.</summary>
    public string Mode => Switches is [var latest, ..] ? latest.Mode : Latest.Definition.Mode;

    private CitySnapshot Switched(CityFile mode)
    {
        CitySnapshotResult result = CitySnapshot.Create(CitySnapshot.With(Latest.Files, mode));
        return result.Snapshot ?? throw new InvalidOperationException($"{result.Findings.First(f => f.Level == FindingLevel.Error)}");
    }

    private CitySnapshotResult Read()
    {
        try
        {
            return CitySnapshot.Read(_directory, _mode.Read());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            FindingCode code = FindingCodes.UnreadableFile;
            return new CitySnapshotResult(null, [new Finding(code.Level, code.Code, new SourceLocation(ModeSwitch.FilePath, 1, 1), e.Message.ReplaceLineEndings(" "), code.Fix)]);
        }
    }

    private async Task<bool> InTurnAsync(Func<Task<bool>> act)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            return await act().ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Makes what was read active when it is valid and new.</summary>
    /// <returns>As <see cref="ReloadAsync"/>.</returns>
    internal async Task<bool> TakeAsync(CitySnapshotResult result)
    {
        Volatile.Write(ref _findings, result.Findings);
        if (result.Snapshot is not { } snapshot)
        {
            Volatile.Write(ref _notInEffect, null);
            Interlocked.Increment(ref _refusals);
            LogRefused(Logger, result.Findings.Count(f => f.Level == FindingLevel.Error), result.Findings.First(f => f.Level == FindingLevel.Error).ToString());
            return true;
        }

        if (snapshot.Revision == Latest.Revision)
        {
            Volatile.Write(ref _notInEffect, null);
            return true;
        }

        if (await ActivateAsync(snapshot).ConfigureAwait(false) is { } failure)
        {
            if (NotInEffect != failure)
            {
                LogNotInEffect(Logger, snapshot.Revision, failure);
            }

            Volatile.Write(ref _notInEffect, failure);
            return false;
        }

        Volatile.Write(ref _before, Latest);
        Volatile.Write(ref _latest, snapshot);
        if (_kept is { } kept && snapshot.Definition.ModeSwitches.FirstOrDefault() == kept[0])
        {
            Volatile.Write(ref _kept, null);
        }

        Volatile.Write(ref _notInEffect, null);
        Interlocked.Increment(ref _reloads);
        LogReloaded(Logger, snapshot.Revision, snapshot.Rules.Rules.Count, snapshot.Definition.Devices.Devices.Count);
        return true;
    }

    /// <summary>Archives a snapshot and writes it into the log; returns why it could not be, or null.</summary>
    private async Task<string?> ActivateAsync(CitySnapshot snapshot)
    {
        try
        {
            _archive.Save(snapshot);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"it could not be archived: {e.Message}";
        }

        byte[] revision = Encoding.ASCII.GetBytes(snapshot.Revision);
        bool durable = await _log.AppendAsync(LogRecordKind.Snapshot, default, default, revision).ConfigureAwait(false);
        return durable ? null : "the log does not take writes";
    }

    private string Fingerprint()
    {
        StringBuilder text = new();
        try
        {
            IEnumerable<FileInfo> files = new DirectoryInfo(_directory).EnumerateFiles("*", SearchOption.AllDirectories).OrderBy(f => f.FullName, StringComparer.Ordinal);
            foreach (FileInfo file in File.Exists(_mode.Path) ? files.Append(new FileInfo(_mode.Path)) : files)
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

    [LoggerMessage(EventId = 1203, Level = LogLevel.Error, Message = "city: the edit (snapshot {Revision}) has not taken effect: {Reason}; the last good snapshot goes on and it is tried again")]
    private static partial void LogNotInEffect(ILogger logger, string revision, string reason);
}
