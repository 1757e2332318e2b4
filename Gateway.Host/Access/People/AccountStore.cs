namespace Gateway.Host.Access.People;

/// <summary>
/// The accounts of the running gateway, as the file has them: looked at by each request, so that whoever is taken out is out at once,
/// taken whole or not at all. A file that is damaged or gone while the gateway runs leaves the last good set in force and says so. Safe
/// for threads.
/// </summary>
internal sealed partial class AccountStore
{
    private readonly Lock _gate = new();
    private readonly ILogger _logger;
    private volatile State _state;

    private AccountStore(string path, State state, ILogger logger)
    {
        FilePath = path;
        _state = state;
        _logger = logger;
    }

    /// <summary>The file.</summary>
    public string FilePath { get; }

    /// <summary>Why the file as it stands is not the set in force; null when it is.</summary>
    public string? Problem => _state.Problem;

    /// <summary>Where the accounts of a data directory are.</summary>
    public static string PathIn(string dataDirectory) => Path.Combine(Path.GetFullPath(dataDirectory), "secrets", "accounts");

    /// <summary>Reads the file for the first time; no file is an empty one.</summary>
    /// <exception cref="InvalidDataException">It is damaged; the message says where.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static AccountStore Open(string path, ILogger logger)
    {
        FileStamp seen = FileStamp.Of(path);
        (IReadOnlyList<Account> accounts, IReadOnlyList<EndedSession> ended) = AccountEditor.Read(path);
        return new AccountStore(path, new State(seen, new AccountSet(accounts, ended), null), logger);
    }

    /// <summary>The accounts in force, after a look at the file.</summary>
    public AccountSet Look()
    {
        State state = _state;
        if (FileStamp.Of(FilePath) == state.Seen)
        {
            return state.Accounts;
        }

        lock (_gate)
        {
            FileStamp now = FileStamp.Of(FilePath);
            if (now != _state.Seen)
            {
                Take(now);
            }

            return _state.Accounts;
        }
    }

    /// <summary>Changes the file under its lock.</summary>
    /// <returns>Why not; all is as it was then. Null: it is in force.</returns>
    public AccountRefusal? Edit(Func<AccountEditor, string?> change)
    {
        try
        {
            // A file that is gone is not one without accounts: to write it anew would lock everybody out.
            if (!File.Exists(FilePath) && _state.Accounts.Count > 0)
            {
                return new AccountRefusal($"{FilePath} is gone: put it back; the accounts it had stay in force until the gateway stops", IsFile: true);
            }

            using AccountEditor editor = AccountEditor.Open(FilePath);
            if (change(editor) is { } problem)
            {
                return new AccountRefusal(problem, IsFile: false);
            }

            editor.Save();
            lock (_gate)
            {
                Take(FileStamp.Of(FilePath)); // whatever the stamp says: two edits may fall into one tick of the file system's clock
            }

            return null;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return new AccountRefusal($"the file of accounts cannot be changed: {e.Message}", IsFile: true);
        }
    }

    private void Take(FileStamp now)
    {
        State before = _state;
        try
        {
            (IReadOnlyList<Account> accounts, IReadOnlyList<EndedSession> ended) = now.Exists ? AccountEditor.Read(FilePath) : throw new FileNotFoundException($"{FilePath} is gone");
            _state = new State(now, new AccountSet(accounts, ended), null);
            if (accounts.Count != before.Accounts.Count || before.Problem is not null)
            {
                LogTaken(_logger, accounts.Count);
            }
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            // Said once for each state of the file.
            _state = before with { Seen = now, Problem = e.Message };
            LogRefused(_logger, e.Message);
        }
    }

    private sealed record State(FileStamp Seen, AccountSet Accounts, string? Problem);

    [LoggerMessage(EventId = 1801, Level = LogLevel.Information, Message = "people: {Count} accounts are in force")]
    private static partial void LogTaken(ILogger logger, int count);

    [LoggerMessage(EventId = 1802, Level = LogLevel.Error, Message = "people: the file of accounts cannot be used, the last good one stays in force: {Problem}")]
    private static partial void LogRefused(ILogger logger, string problem);
}

/// <summary>Why accounts were not changed.</summary>
/// <param name="Problem">What is wrong, and what to do.</param>
/// <param name="IsFile">Whether it is the file, and not what was asked for: the same may be asked for again.</param>
internal sealed record AccountRefusal(string Problem, bool IsFile);
