using System.Net;
using System.Text;
using Gateway.Host.Access;
using Gateway.Host.Access.Credentials;
using Gateway.Host.Access.Tls;
using Gateway.Host.Ingest;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Host.Access;

/// <summary>Who is let in as what. Known: devices SMK-1 and SMK-2 with passwords, the tool desk; registered besides: SMK-9.</summary>
public sealed class AdmissionTests : IDisposable
{
    private static readonly IPAddress Far = IPAddress.Parse("192.0.2.7");
    private readonly TemporaryFolder _folder = new();
    private readonly CredentialStore _store;
    private readonly ManualTime _time = new();

    public AdmissionTests()
    {
        string path = _folder.File("credentials");
        CredentialSamples.Save(path, CredentialSamples.Device("SMK-1", "one"), CredentialSamples.Device("SMK-2", "two"), CredentialSamples.Tool("desk", "three", [], ["#"]));
        _store = CredentialStore.Open(path, TimeProvider.System, NullLogger<CredentialStore>.Instance);
    }

    [Theory]
    [InlineData("SMK-1", "SMK-1", "one", ReasonCode.Success)]
    [InlineData("SMK-1", null, "one", ReasonCode.Success)]
    [InlineData("SMK-1", "", "one", ReasonCode.Success)]
    [InlineData("any-other", "SMK-1", "one", ReasonCode.Success)]
    [InlineData("laptop", "desk", "three", ReasonCode.Success)]
    [InlineData("SMK-1", "SMK-1", "two", ReasonCode.BadUserNameOrPassword)]
    [InlineData("SMK-1", "SMK-1", "", ReasonCode.BadUserNameOrPassword)]
    [InlineData("SMK-1", "SMK-1", null, ReasonCode.BadUserNameOrPassword)]
    [InlineData("SMK-9", "SMK-9", "nine", ReasonCode.BadUserNameOrPassword)]
    [InlineData("nobody", null, "one", ReasonCode.BadUserNameOrPassword)]
    [InlineData("SMK-1", null, null, ReasonCode.NotAuthorized)]
    [InlineData("SMK-9", null, null, ReasonCode.NotAuthorized)]
    [InlineData("SMK-2", "SMK-1", "one", ReasonCode.NotAuthorized)]
    [InlineData("SMK-9", "SMK-1", "one", ReasonCode.NotAuthorized)]
    [InlineData("desk", "SMK-1", "one", ReasonCode.NotAuthorized)]
    [InlineData("SMK-1", "desk", "three", ReasonCode.NotAuthorized)]
    public async Task Client_off_loopback_development_needs_the_password_of_its_name(string clientId, string? userName, string? password, ReasonCode expected)
    {
        foreach ((bool isDevelopment, IPAddress address) in new[] { (false, IPAddress.Loopback), (false, Far), (true, Far) })
        {
            AdmissionVerdict verdict = await Admission(isDevelopment).AdmitAsync(Packet(clientId, userName, password), clientId, new ClientOrigin(address, null));
            Assert.Equal(expected, verdict.Reason);
            Assert.Equal(expected == ReasonCode.Success, verdict.Principal is not null);
            Assert.DoesNotContain("one", verdict.ReasonText.Split(' '));
        }
    }

    [Theory]
    [InlineData("SMK-1", null, null, "")]
    [InlineData("anything", null, null, "")]
    [InlineData("anything", "whoever", "whatever", "")]
    [InlineData("SMK-9", "SMK-9", "nine", "")]
    [InlineData("SMK-1", "SMK-1", "one", "device:SMK-1")]
    [InlineData("laptop", "desk", "three", "tool:desk")]
    [InlineData("SMK-1", "SMK-1", "wrong", null)]
    [InlineData("SMK-1", "SMK-1", null, null)]
    public async Task Client_on_loopback_in_development_is_checked_when_it_gives_a_known_name(string clientId, string? userName, string? password, string? owner)
    {
        AdmissionVerdict verdict = await Admission(isDevelopment: true).AdmitAsync(Packet(clientId, userName, password), clientId, new ClientOrigin(IPAddress.Loopback, null));
        Assert.Equal(owner, verdict.Principal?.Owner);
        Assert.Equal(owner is null ? ReasonCode.BadUserNameOrPassword : ReasonCode.Success, verdict.Reason);
    }

    [Theory]
    [InlineData("SMK-9", "SMK-9", null, null, "device:SMK-9")]
    [InlineData("SMK-9", "auto", null, null, "device:SMK-9")]
    [InlineData("SMK-9", "auto", "SMK-9", null, "device:SMK-9")]
    [InlineData("SMK-9", "SMK-9", "SMK-9", "not set, so not checked", "device:SMK-9")]
    [InlineData("SMK-1", "SMK-1", "SMK-1", "one", "device:SMK-1")]
    [InlineData("desk", "laptop", null, null, "tool:desk")]
    [InlineData("SMK-9", "SMK-1", null, null, null)]
    [InlineData("SMK-9", "auto", "SMK-1", "one", null)]
    [InlineData("SMK-1", "SMK-1", "SMK-1", "wrong", null)]
    [InlineData("+", "auto", null, null, null)]
    [InlineData("a/b", "auto", null, null, null)]
    public async Task Certificate_says_who_its_bearer_is(string commonName, string clientId, string? userName, string? password, string? owner)
    {
        DeviceCertificate certificate = new(Credential.IsName(commonName) ? commonName : null);
        AdmissionVerdict verdict = await Admission(isDevelopment: false).AdmitAsync(Packet(clientId, userName, password), clientId, new ClientOrigin(Far, certificate));
        Assert.Equal(owner, verdict.Principal?.Owner);
    }

    [Fact]
    public async Task Right_password_is_hashed_once_and_wrong_ones_each_time()
    {
        Admission admission = Admission(isDevelopment: false);
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(ReasonCode.Success, (await admission.AdmitAsync(Packet("SMK-1", null, "one"), "SMK-1", new ClientOrigin(Far, null))).Reason);
        }

        Assert.Equal(1, admission.Verifications);
        await admission.AdmitAsync(Packet("SMK-1", null, "wrong"), "SMK-1", new ClientOrigin(Far, null));
        await admission.AdmitAsync(Packet("unknown", null, "wrong"), "unknown", new ClientOrigin(Far, null));
        Assert.Equal((3, 2), (admission.Verifications, admission.Failures));
    }

    [Fact]
    public async Task Name_that_failed_too_often_waits_unseen_where_it_failed_and_nowhere_else()
    {
        Admission admission = Admission(isDevelopment: false);
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(ReasonCode.BadUserNameOrPassword, await TryAsync(Far, "wrong"));
        }

        Assert.Equal(ReasonCode.ConnectionRateExceeded, await TryAsync(Far, "wrong"));
        Assert.Equal(ReasonCode.ConnectionRateExceeded, await TryAsync(Far, "one"));
        Assert.Equal((5, 5, 2), (admission.Verifications, admission.Failures, admission.Waits));
        Assert.Equal(ReasonCode.Success, await TryAsync(IPAddress.Parse("192.0.2.8"), "one"));
        _time.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(ReasonCode.Success, await TryAsync(Far, "one"));

        async Task<ReasonCode> TryAsync(IPAddress address, string password) =>
            (await admission.AdmitAsync(Packet("SMK-1", null, password), "SMK-1", new ClientOrigin(address, null))).Reason;
    }

    [Fact]
    public async Task Guesses_that_come_all_at_once_are_not_all_looked_at()
    {
        Admission admission = Admission(isDevelopment: false);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => admission.AdmitAsync(Packet("SMK-1", null, $"guess {i}"), "SMK-1", new ClientOrigin(Far, null)).AsTask()));
        Assert.InRange(admission.Verifications, 5, 5 + Environment.ProcessorCount);
        Assert.Equal(200, admission.Failures + admission.Waits);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    private static ConnectPacket Packet(string clientId, string? userName, string? password) => new()
    {
        Version = MqttProtocolVersion.V5,
        ClientId = clientId,
        UserName = userName,
        Password = password is null ? default(ReadOnlyMemory<byte>?) : Encoding.UTF8.GetBytes(password),
    };

    private Admission Admission(bool isDevelopment) => new(new MqttOptions(), isDevelopment, _store, GatewayClock.Real(_time, default), id => id is "SMK-1" or "SMK-2" or "SMK-9");
}
