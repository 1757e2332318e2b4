using System.Net.Security;
using System.Security.Authentication;
using Gateway.Host.Workers;

namespace Gateway.Host.Access.Tls;

/// <summary>
/// The certificate in use. Its files are looked at every second; when they have changed and rest, they are loaded together, and new
/// connections see the new certificate while old ones live on. Files that cannot be used leave the old one in place. Safe for threads.
/// </summary>
internal sealed partial class CertificateKeeper : Worker
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly TlsOptions _options;
    private ServerCertificate _current;
    private FileStamp[] _seen;
    private FileStamp[] _settled;
    private string? _problem;
    private long _reloads;
    private long _refusals;
    private long _clientsRefused;

    private CertificateKeeper(TlsOptions options, FileStamp[] stamps, ServerCertificate current, TimeProvider time, ILogger<CertificateKeeper> logger)
        : base("certificates", time, logger)
    {
        _options = options;
        _seen = _settled = stamps;
        _current = current;
    }

    /// <summary>The certificate that new connections see.</summary>
    public ServerCertificate Current => Volatile.Read(ref _current);

    /// <summary>Why the files as they stand are not in use; null when they are.</summary>
    public string? Problem => Volatile.Read(ref _problem);

    /// <summary>Times changed files were taken since start.</summary>
    public long Reloads => Interlocked.Read(ref _reloads);

    /// <summary>Times changed files could not be used since start.</summary>
    public long Refusals => Interlocked.Read(ref _refusals);

    /// <summary>Handshakes since start that ended because of the client's certificate, or because there was none.</summary>
    public long ClientsRefused => Interlocked.Read(ref _clientsRefused);

    /// <summary>Whole days until the certificate expires; negative when it has.</summary>
    public long DaysUntilExpiry => (long)Math.Floor((Current.NotAfter - Time.GetUtcNow()).TotalDays);

    /// <summary>Loads the files for the first time; null when no certificate is configured. An expired one is taken and complained of:
    /// rules and cases must not wait for a certificate.</summary>
    /// <exception cref="InvalidDataException">A file is not what it should be; the message names it.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static CertificateKeeper? Open(TlsOptions options, TimeProvider time, ILogger<CertificateKeeper> logger)
    {
        if (options.CertificateFile is null)
        {
            return null;
        }

        FileStamp[] stamps = Stamps(options);
        CertificateKeeper keeper = new(options, stamps, ServerCertificate.Load(options), time, logger);
        if (keeper.Invalidity(keeper.Current) is { } invalidity)
        {
            LogInvalid(logger, invalidity);
        }

        return keeper;
    }

    /// <summary>How a handshake with a client of MQTT goes: TLS 1.2 at least, and a client certificate if the options want one.</summary>
    public SslServerAuthenticationOptions MqttHandshake()
    {
        ServerCertificate certificate = Current;
        SslServerAuthenticationOptions handshake = Handshake(certificate);

        // A client that says it speaks another protocol is turned away, so that nobody's HTTPS request ends here.
        handshake.ApplicationProtocols = [new SslApplicationProtocol("mqtt")];
        if (_options.ClientCertificates != ClientCertificates.None)
        {
            handshake.ClientCertificateRequired = true;
            handshake.CertificateChainPolicy = certificate.ClientPolicy();
            handshake.RemoteCertificateValidationCallback = (_, shown, _, errors) =>
            {
                bool good = shown is null ? _options.ClientCertificates == ClientCertificates.Allowed : errors == SslPolicyErrors.None;
                if (!good)
                {
                    Interlocked.Increment(ref _clientsRefused);
                }

                return good;
            };
        }

        return handshake;
    }

    /// <summary>How a handshake with a client of HTTP goes.</summary>
    public SslServerAuthenticationOptions HttpHandshake() => Handshake(Current);

    /// <summary>Looks at the files; takes them when they have changed and rest.</summary>
    internal void Look()
    {
        FileStamp[] now = Stamps(_options);
        bool rests = now.AsSpan().SequenceEqual(_seen);
        _seen = now;
        if (!rests || now.AsSpan().SequenceEqual(_settled))
        {
            return;
        }

        try
        {
            ServerCertificate next = ServerCertificate.Load(_options);
            if (Invalidity(next) is { } invalidity)
            {
                throw new InvalidDataException(invalidity);
            }

            Volatile.Write(ref _current, next);
            Volatile.Write(ref _problem, null);
            Interlocked.Increment(ref _reloads);
            LogReloaded(Logger, next.NotAfter);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            Volatile.Write(ref _problem, e.Message);
            Interlocked.Increment(ref _refusals);
            LogRefused(Logger, e.Message);
        }

        // Once for each state of the files: whoever replaces certificate and key one after the other is not blamed in between.
        _settled = now;
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

    private static SslServerAuthenticationOptions Handshake(ServerCertificate certificate) => new()
    {
        ServerCertificateContext = certificate.Context,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        AllowRenegotiation = false,
    };

    private static FileStamp[] Stamps(TlsOptions options) =>
        [.. new[] { options.CertificateFile, options.KeyFile, options.ClientCaFile }.OfType<string>().Select(FileStamp.Of)];

    private string? Invalidity(ServerCertificate certificate)
    {
        DateTimeOffset now = Time.GetUtcNow();
        return now > certificate.NotAfter ? $"{_options.CertificateFile} expired at {certificate.NotAfter:u}"
            : now < certificate.NotBefore ? $"{_options.CertificateFile} is not valid before {certificate.NotBefore:u}"
            : null;
    }

    [LoggerMessage(EventId = 1511, Level = LogLevel.Information, Message = "tls: the new certificate is in use; it expires at {NotAfter}")]
    private static partial void LogReloaded(ILogger logger, DateTimeOffset notAfter);

    [LoggerMessage(EventId = 1512, Level = LogLevel.Error, Message = "tls: the new certificate files cannot be used, the old ones stay in use: {Problem}")]
    private static partial void LogRefused(ILogger logger, string problem);

    [LoggerMessage(EventId = 1513, Level = LogLevel.Error, Message = "tls: clients that check will not connect: {Problem}")]
    private static partial void LogInvalid(ILogger logger, string problem);
}
