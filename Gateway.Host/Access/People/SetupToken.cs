using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Gateway.Host.Storage;

namespace Gateway.Host.Access.People;

/// <summary>
/// The way to the first account of a gateway that has none: a random token in a file that only who runs the gateway can read. There is no
/// password from the factory. Good once, and only while there is no account. Safe for threads.
/// </summary>
internal sealed partial class SetupToken
{
    private readonly string _path;
    private byte[]? _hash;

    private SetupToken(string path) => _path = path;

    /// <summary>Where the token of a data directory is while it is good.</summary>
    public static string PathIn(string dataDirectory) => Path.Combine(Path.GetFullPath(dataDirectory), "secrets", "setup-token");

    /// <summary>Makes a token when there is no account and <paramref name="isWanted"/>; takes an old one away.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static SetupToken Open(string path, AccountStore accounts, bool isWanted, ILogger logger)
    {
        SetupToken setup = new(path);
        if (!isWanted || accounts.Look().Count > 0)
        {
            setup.Withdraw();
            return setup;
        }

        string text = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        setup._hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        DurableFile.CreateDirectory(Path.GetDirectoryName(path)!);
        DurableFile.Replace(path, Encoding.UTF8.GetBytes(text + "\n"));
        LogMade(logger, path);
        return setup;
    }

    /// <summary>Whether a text is the token, while it is good.</summary>
    public bool Matches(string text) => Volatile.Read(ref _hash) is { } hash && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(text)), hash);

    /// <summary>It is good no longer.</summary>
    public void Withdraw()
    {
        Volatile.Write(ref _hash, null);
        if (File.Exists(_path))
        {
            File.Delete(_path); // which fails where even the folder is not there yet
        }
    }

    [LoggerMessage(EventId = 1803, Level = LogLevel.Warning, Message = "people: this gateway has no account yet. Make the first admin with POST /api/v1/setup and the token in {Path}, or with the command users add NAME --role admin")]
    private static partial void LogMade(ILogger logger, string path);
}
