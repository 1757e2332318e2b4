using System.Globalization;
using Gateway.Host.Access.Credentials;
using Gateway.Host.Access.Limits;
using Gateway.Host.Ingest;
using Gateway.Protocols.Mqtt.Packets;

namespace Gateway.Host.Access;

/// <summary>
/// Who may connect. Deny by default; only on loopback, in the Development environment or where access is open, a client needs no
/// credentials, and there too those it gives are checked when there are some of that name. Safe for threads.
/// </summary>
/// <param name="options">Access and limits.</param>
/// <param name="isDevelopment">Whether this is the Development environment.</param>
/// <param name="credentials">The credentials in force.</param>
/// <param name="clock">Its steady time says how long whoever failed waits.</param>
/// <param name="isRegistered">Whether a text is the id of a device of the city.</param>
internal sealed class Admission(MqttOptions options, bool isDevelopment, CredentialStore credentials, GatewayClock clock, Func<string, bool> isRegistered)
{
    private readonly PasswordVerifier _verifier = new(options.ConnectTimeout);
    private long _failures;
    private long _waits;

    /// <summary>Wrong passwords and unknown names since start.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Passwords hashed since start; those that are remembered are not among them.</summary>
    public long Verifications => _verifier.Count;

    /// <summary>Names and addresses that failed, or got in, and may have to wait.</summary>
    public FailureBackoff Backoff { get; } = new(options.Backoff);

    /// <summary>CONNECTs since start whose password was not looked at, because of the failures before.</summary>
    public long Waits => Interlocked.Read(ref _waits);

    /// <summary>Judges a CONNECT. Completes at once but for a password that is not remembered.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="clientId">Its client id, or the one the gateway chose for it.</param>
    /// <param name="origin">Where it comes from.</param>
    public async ValueTask<AdmissionVerdict> AdmitAsync(ConnectPacket packet, string clientId, ClientOrigin origin)
    {
        bool isOpen = origin.IsLoopback && (isDevelopment || options.Access == TopicAccess.Open);
        string? userName = string.IsNullOrEmpty(packet.UserName) ? null : packet.UserName;
        string name = origin.Certificate?.Name ?? userName ?? clientId;
        CredentialSet current = credentials.Current;
        StoredCredential? stored = current.Find(name);
        if (origin.Certificate is { } certificate)
        {
            if (certificate.Name is null || (userName is not null && userName != certificate.Name))
            {
                return AdmissionVerdict.Refuse(ReasonCode.NotAuthorized, "the certificate's common name is no device id, or not the user name");
            }

            if (packet.Password is null || stored is null)
            {
                return Enter(clientId, name, stored is { Written.Kind: CredentialKind.Tool } ? stored : null);
            }
        }
        else if ((packet.UserName is null && packet.Password is null) || (isOpen && stored is null))
        {
            return isOpen
                ? AdmissionVerdict.Enter(new ClientPrincipal { Kind = PrincipalKind.Local, ClientId = clientId, Name = clientId })
                : AdmissionVerdict.Refuse(ReasonCode.NotAuthorized, "this gateway wants a password or a certificate");
        }

        if (MustWait(origin, name) is { } wait)
        {
            return wait;
        }

        AdmissionVerdict? refusal = packet.Password is not { } password ? BadCredentials(origin, name)
            : stored is not null && stored.Remembers(password.Span) ? null
            : await VerifyAsync(current, origin, name, password).ConfigureAwait(false);
        if (refusal is not null)
        {
            return refusal;
        }

        Backoff.Succeeded(origin.Address, name, clock.Steady);
        return Enter(clientId, name, stored);
    }

    /// <summary>Null when the password is right.</summary>
    private async Task<AdmissionVerdict?> VerifyAsync(CredentialSet current, ClientOrigin origin, string name, ReadOnlyMemory<byte> password)
    {
        if (!await _verifier.TakeTurnAsync().ConfigureAwait(false))
        {
            return AdmissionVerdict.Refuse(ReasonCode.ServerBusy, "too many passwords to check at the moment, come again");
        }

        try
        {
            // Again: many that came at once may have failed while this one waited for its turn.
            return MustWait(origin, name)
                ?? (await _verifier.VerifyAsync(current, name, password).ConfigureAwait(false) ? null : BadCredentials(origin, name));
        }
        finally
        {
            _verifier.EndTurn();
        }
    }

    /// <summary>
    /// The refusal of one who has failed too often; null when it may try. It does not say that the password is wrong, for nobody looked: a
    /// device that has the right one shall come again.
    /// </summary>
    private AdmissionVerdict? MustWait(ClientOrigin origin, string name)
    {
        TimeSpan wait = Backoff.Wait(origin.Address, name, clock.Steady);
        if (wait == TimeSpan.Zero)
        {
            return null;
        }

        Interlocked.Increment(ref _waits);
        return AdmissionVerdict.Refuse(ReasonCode.ConnectionRateExceeded, string.Create(CultureInfo.InvariantCulture, $"too many failures before; come again in {Math.Ceiling(wait.TotalSeconds)} s"));
    }

    private AdmissionVerdict BadCredentials(ClientOrigin origin, string name)
    {
        Interlocked.Increment(ref _failures);
        Backoff.Failed(origin.Address, name, clock.Steady);
        return AdmissionVerdict.Refuse(ReasonCode.BadUserNameOrPassword, "user name or password is wrong");
    }

    private AdmissionVerdict Enter(string clientId, string name, StoredCredential? stored)
    {
        // Whoever has a name of its own could otherwise keep another from connecting by taking its client id.
        if (clientId != name && (isRegistered(clientId) || credentials.Current.Find(clientId) is not null))
        {
            return AdmissionVerdict.Refuse(ReasonCode.NotAuthorized, "this client id is the name of another");
        }

        PrincipalKind kind = stored is { Written.Kind: CredentialKind.Tool } ? PrincipalKind.Tool : PrincipalKind.Device;
        return AdmissionVerdict.Enter(new ClientPrincipal { Kind = kind, ClientId = clientId, Name = name, Credential = stored });
    }
}
