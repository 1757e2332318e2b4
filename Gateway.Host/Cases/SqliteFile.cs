using Microsoft.Data.Sqlite;

namespace Gateway.Host.Cases;

/// <summary>Opening a SQLite file, and telling its failures apart.</summary>
internal static class SqliteFile
{
    // https://www.sqlite.org/rescode.html, primary result codes.
    private const int Busy = 5, Locked = 6, ReadOnly = 8, Corrupt = 11, Full = 13, Constraint = 19, NotADatabase = 26;

    private static readonly Lazy<bool> Provider = new(() =>
    {
        SQLitePCL.Batteries_V2.Init();
        return true;
    });

    /// <summary>Opens the connection that writes: write-ahead log, and every commit on disk before it returns.</summary>
    public static SqliteConnection OpenWriter(string path, TimeSpan lockTimeout)
    {
        _ = Provider.Value;
        if (!File.Exists(path) && !OperatingSystem.IsWindows())
        {
            // SQLite gives its -wal and -shm files the mode of the database file.
            new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }).Dispose();
        }

        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
            DefaultTimeout = Seconds(lockTimeout),
        }.ConnectionString);
        try
        {
            connection.Open();
            Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A connection that only reads, not yet open; opening takes one from the pool.</summary>
    public static SqliteConnection Reader(string path, TimeSpan lockTimeout) => new(new SqliteConnectionStringBuilder
    {
        DataSource = path,
        Mode = SqliteOpenMode.ReadOnly,
        Pooling = true,
        DefaultTimeout = Seconds(lockTimeout),
    }.ConnectionString);

    /// <summary>The failure in the store's words.</summary>
    public static CaseStoreException Explain(SqliteException e, string path) => e.SqliteErrorCode switch
    {
        Busy or Locked => new(CaseStoreFault.Locked, $"{path} is locked by another process: stop the other one, or give this one its own data directory", e),
        Full => new(CaseStoreFault.Full, $"no room to write {path}: free some space, the gateway goes on by itself", e),
        Corrupt or NotADatabase => new(CaseStoreFault.Corrupt, $"{path} is damaged or no case store: restore it, or move it away and rebuild it from the log", e),
        Constraint => new(CaseStoreFault.Conflict, $"{path} contradicts the commit: {e.Message}", e),
        ReadOnly => new(CaseStoreFault.Unavailable, $"{path} cannot be written: check its owner and mode, and the mount", e),
        _ => new(CaseStoreFault.Unavailable, $"{path} cannot be used: {e.Message}", e),
    };

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static int Seconds(TimeSpan timeout) => Math.Max(1, (int)Math.Ceiling(timeout.TotalSeconds));
}
