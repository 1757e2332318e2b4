using Gateway.Host.Workers;

namespace Gateway.Host.Access.Credentials;

/// <summary>
/// The credentials of the running gateway, as the file has them: looked at every second, taken whole or not at all. A file that is
/// damaged or gone while the gateway runs leaves the last good set in force and says so. Safe for threads.
/// </summary>
internal sealed partial class CredentialStore : Worker
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly string _path;
    private CredentialSet _current;
    private FileStamp _seen;
    private string? _problem;
    private long _reloads;

    private CredentialStore(string path, FileStamp seen, CredentialSet current, TimeProvider time, ILogger<CredentialStore> logger)
        : base("credentials", time, logger)
    {
        _path = path;
        _seen = seen;
        _current = current;
    }

    /// <summary>The credentials in force.</summary>
    public CredentialSet Current => Volatile.Read(ref _current);

    /// <summary>Why the file as it stands is not the set in force; null when it is.</summary>
    public string? Problem => Volatile.Read(ref _problem);

    /// <summary>Times a changed file was taken since start.</summary>
    public long Reloads => Interlocked.Read(ref _reloads);

    /// <summary>Where the credentials of a data directory are.</summary>
    public static string PathIn(string dataDirectory) => Path.Combine(Path.GetFullPath(dataDirectory), "secrets", "mqtt-credentials");

    /// <summary>Reads the file for the first time; no file is an empty one.</summary>
    /// <exception cref="InvalidDataException">It is damaged; the message says where.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static CredentialStore Open(string path, TimeProvider time, ILogger<CredentialStore> logger)
    {
        FileStamp seen = FileStamp.Of(path);
        return new CredentialStore(path, seen, CredentialSet.Empty.With(CredentialEditor.Read(path)), time, logger);
    }

    /// <summary>Reads the file when it was touched; what it does not hold any more is withdrawn.</summary>
    internal void Look()
    {
        FileStamp now = FileStamp.Of(_path);
        if (now == _seen)
        {
            return;
        }

        try
        {
            if (!now.Exists)
            {
                throw new FileNotFoundException($"{_path} is gone");
            }

            Take(CredentialEditor.Read(_path));
            _seen = now;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            // Said once for each state of the file. Whoever is in it stays in, whoever is not stays out.
            _seen = now;
            Volatile.Write(ref _problem, e.Message);
            LogRefused(Logger, e.Message);
        }
    }

    /// <inheritdoc />
    protected override async Task RunAsync(CancellationToken stop)
    {
        using PeriodicTimer timer = new(LookInterval, Time);
        while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
        {
            Look();
        }
    }

    private void Take(IReadOnlyList<Credential> credentials)
    {
        CredentialSet before = Current;
        CredentialSet next = before.With(credentials);
        Volatile.Write(ref _current, next);
        Volatile.Write(ref _problem, null);
        foreach (StoredCredential old in before.All.Where(c => next.Find(c.Written.Name) != c))
        {
            old.Withdraw();
        }

        Interlocked.Increment(ref _reloads);
        LogReloaded(Logger, next.Count);
    }

    [LoggerMessage(EventId = 1501, Level = LogLevel.Information, Message = "access: {Count} credentials are in force")]
    private static partial void LogReloaded(ILogger logger, int count);

    [LoggerMessage(EventId = 1502, Level = LogLevel.Error, Message = "access: the credential file cannot be used, the last good one stays in force: {Problem}")]
    private static partial void LogRefused(ILogger logger, string problem);
}
