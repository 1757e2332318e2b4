using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd.Access;

/// <summary>MQTT and HTTP over TLS, with mosquitto's clients and certificates made here.</summary>
[Collection(ProcessTests.Name)]
public sealed class TlsTests(TlsGateway shared) : IClassFixture<TlsGateway>
{
    private const string Publisher = "mosquitto_pub";
    private const string Subscriber = "mosquitto_sub";

    private GatewayProcess Gateway => shared.Process;

    [ComponentTheory(Publisher)]
    [InlineData("311", 5)]
    [InlineData("5", 135)]
    public async Task Device_that_checks_the_server_gets_in_with_its_password(string version, int refused)
    {
        Assert.Equal(0, (await PublishAsync(version, TlsGateway.Device, "-u", TlsGateway.Device, "-P", shared.Password)).ExitCode);
        Assert.Equal(refused, (await PublishAsync(version, TlsGateway.Device)).ExitCode);
    }

    [ComponentFact(Publisher)]
    public async Task Device_that_trusts_another_authority_does_not_go_on()
    {
        using CertificateAuthority other = new(shared.Folder, "other");
        ProgramRun run = await RunAsync("5", other.File, TlsGateway.Device, ["-d", "-u", TlsGateway.Device, "-P", shared.Password]);
        Assert.NotEqual(0, run.ExitCode);
        Assert.DoesNotContain("received CONNACK", run.Output, StringComparison.Ordinal);
    }

    [ComponentTheory(Publisher)]
    [InlineData("311")]
    [InlineData("5")]
    public async Task Certificate_says_which_device_its_bearer_is(string version)
    {
        IssuedCertificate certificate = shared.Authority.Client($"good-{version}", "SMK-000005");
        Assert.Equal(0, (await PublishAsync(version, "SMK-000005", "--cert", certificate.CertificateFile, "--key", certificate.KeyFile)).ExitCode);
        Assert.Equal(0, (await PublishAsync(version, "SMK-000005", "-i", "another-client-id", "--cert", certificate.CertificateFile, "--key", certificate.KeyFile)).ExitCode);
        ProgramRun foreign = await PublishAsync(version, "SMK-000006", "-i", "SMK-000005", "-d", "--cert", certificate.CertificateFile, "--key", certificate.KeyFile);
        Assert.Contains("sending PUBLISH", foreign.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(version == "5" ? "RC:0)" : "received PUBACK", foreign.Output, StringComparison.Ordinal);
        ProgramRun stolen = await PublishAsync(version, "SMK-000006", "-i", "SMK-000006", "-d", "--cert", certificate.CertificateFile, "--key", certificate.KeyFile);
        Assert.Contains(version == "5" ? "received CONNACK (135)" : "received CONNACK (5)", stolen.Output, StringComparison.Ordinal);
    }

    [ComponentTheory(Publisher)]
    [InlineData("expired")]
    [InlineData("other-authority")]
    [InlineData("for-servers")]
    public async Task Certificate_that_is_not_good_ends_the_handshake_whatever_the_password(string fault)
    {
        using CertificateAuthority other = new(shared.Folder, "stranger");
        IssuedCertificate certificate = fault switch
        {
            "expired" => shared.Authority.Client(fault, TlsGateway.Device, days: -1),
            "other-authority" => other.Client(fault, TlsGateway.Device),
            _ => shared.Authority.Server("SMK-000001"),
        };
        long before = await Gateway.MetricAsync("gateway_tls_clients_refused_total");
        ProgramRun run = await PublishAsync("5", TlsGateway.Device, "-d", "-u", TlsGateway.Device, "-P", shared.Password, "--cert", certificate.CertificateFile, "--key", certificate.KeyFile);
        Assert.NotEqual(0, run.ExitCode);
        Assert.DoesNotContain("received CONNACK", run.Output, StringComparison.Ordinal);
        Assert.Equal(before + 1, await Gateway.MetricAsync("gateway_tls_clients_refused_total"));
    }

    [ComponentFact(Publisher)]
    public async Task Without_a_certificate_there_is_no_connection_where_one_is_required()
    {
        TlsGateway own = new() { RequiresCertificates = true, IsTlsOnly = true };
        await own.InitializeAsync();
        try
        {
            Assert.Equal((-1, -1), (own.Process.MqttPort, own.Process.HttpPort));
            string[] password = ["-u", TlsGateway.Device, "-P", own.Password];
            ProgramRun without = await RunAsync(own, "5", own.Authority.File, TlsGateway.Device, ["-d", .. password]);
            Assert.NotEqual(0, without.ExitCode);
            Assert.DoesNotContain("received CONNACK", without.Output, StringComparison.Ordinal);
            IssuedCertificate certificate = own.Authority.Client("client", TlsGateway.Device);
            Assert.Equal(0, (await RunAsync(own, "5", own.Authority.File, TlsGateway.Device, ["--cert", certificate.CertificateFile, "--key", certificate.KeyFile])).ExitCode);
        }
        finally
        {
            await own.DisposeAsync();
        }
    }

    [ComponentFact("openssl")]
    public async Task Older_than_tls_1_2_is_refused()
    {
        ProgramRun old = await HandshakeAsync("-tls1_1");
        Assert.Contains("alert protocol version", old.Errors, StringComparison.Ordinal);
        Assert.Contains("Protocol  : TLSv1.2", (await HandshakeAsync("-tls1_2")).Output, StringComparison.Ordinal);

        Task<ProgramRun> HandshakeAsync(string version) => ProgramRun.ToEndAsync("openssl", ["s_client", "-connect", $"127.0.0.1:{Gateway.MqttTlsPort}", version, "-cipher", "ALL:@SECLEVEL=0"], input: "");
    }

    [ComponentFact(Publisher, Subscriber)]
    public async Task Replaced_certificate_is_seen_by_new_connections_and_old_ones_live_on()
    {
        TlsGateway own = new();
        await own.InitializeAsync();
        try
        {
            string topic = $"city/v1/smoke/{TlsGateway.Device}/status";
            string[] who = ["--cafile", own.Authority.File, "-u", TlsGateway.Device, "-P", own.Password];
            await using MosquittoSubscriber old = await MosquittoSubscriber.StartAsync(own.Process.MqttTlsPort, "5", ["-i", "old", "-t", topic, .. who]);
            Assert.Equal(own.Server.Serial, await SerialAsync(own.Process.MqttTlsPort));
            Assert.InRange(await own.Process.MetricAsync("gateway_tls_certificate_expiry_days"), 29, 30);

            IssuedCertificate next = own.Authority.Server("next", days: 60);
            next.Replace(own.Server);
            await Eventually.BecomesAsync(() => own.Process.MetricAsync("gateway_tls_certificate_reloads_total"), n => n == 1, "the new certificate is taken");
            Assert.Equal(next.Serial, await SerialAsync(own.Process.MqttTlsPort));
            Assert.Equal(next.Serial, await SerialAsync(own.Process.HttpTlsPort));
            Assert.InRange(await own.Process.MetricAsync("gateway_tls_certificate_expiry_days"), 59, 60);
            Assert.Equal(0, (await RunAsync(own, "5", own.Authority.File, TlsGateway.Device, who[2..])).ExitCode);
            Assert.Equal("online", (await old.NextAsync()).Payload);

            // A key that is not the certificate's: the pair before stays.
            File.Copy(own.Authority.Client("unrelated", "x").KeyFile, own.Server.KeyFile, overwrite: true);
            await Eventually.BecomesAsync(() => own.Process.MetricAsync("gateway_tls_certificate_refusals_total"), n => n == 1, "the broken pair is seen");
            Assert.Equal(0, await own.Process.MetricAsync("gateway_tls_certificate_valid"));
            Assert.Equal(next.Serial, await SerialAsync(own.Process.MqttTlsPort));
            await Eventually.BecomesAsync(
                async () => (Ready: await own.Process.Http.GetStringAsync("/readyz"), Log: own.Process.Errors),
                told => told.Ready.Contains("the last good certificate", StringComparison.Ordinal) && told.Log.Contains("the old ones stay in use", StringComparison.Ordinal),
                "the broken pair is told of");
        }
        finally
        {
            await own.DisposeAsync();
        }
    }

    [Fact]
    public async Task Http_is_served_over_tls()
    {
        using SocketsHttpHandler handler = new();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is X509Certificate2 shown && shown.SerialNumber == shared.Server.Serial;
        using HttpClient http = new(handler);
        Assert.Equal("ok\n", await http.GetStringAsync($"https://127.0.0.1:{Gateway.HttpTlsPort}/livez"));
    }

    [Theory]
    [InlineData("Gateway__Mqtt__Tls__Port=0", "there is no TLS without CertificateFile")]
    [InlineData("Gateway__Http__Tls__Port=0", "Gateway:Http:Tls has its certificate from")]
    [InlineData("Gateway__Mqtt__Tls__CertificateFile=/nowhere/at/all.pem", "/nowhere/at")]
    [InlineData("Gateway__Mqtt__Tls__ClientCertificates=required", "go together")]
    [InlineData("Gateway__Mqtt__Tls__ClientCertificates=maybe", "ClientCertificates")]
    public async Task Settings_that_cannot_be_are_named_at_start(string variable, string message)
    {
        using TemporaryFolder folder = new();
        string[] arguments = [variable, "dotnet", RepositoryFolder.GatewayDll, "serve", "--data", folder.File("data"), "--mqtt-port", "0", "--http-port", "0"];
        ProgramRun run = await ProgramRun.ToEndAsync("env", arguments);
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("error: ", run.Errors, StringComparison.Ordinal);
        Assert.Contains(message, run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Errors, StringComparison.Ordinal);
    }

    private static async Task<string> SerialAsync(int port)
    {
        using TcpClient socket = new();
        await socket.ConnectAsync("127.0.0.1", port);
        await using SslStream stream = new(socket.GetStream(), leaveInnerStreamOpen: false, (_, _, _, _) => true);
        await stream.AuthenticateAsClientAsync("localhost");
        return new X509Certificate2(stream.RemoteCertificate!).SerialNumber;
    }

    private static Task<ProgramRun> RunAsync(TlsGateway gateway, string version, string authority, string device, string[] more)
    {
        string[] id = more.Contains("-i") ? [] : ["-i", device];
        return ProgramRun.ToEndAsync(Publisher, ["-h", "127.0.0.1", "-p", $"{gateway.Process.MqttTlsPort}", "-V", version, "--cafile", authority, "-q", "1", "-t", $"city/v1/smoke/{device}/status", "-m", "online", .. id, .. more]);
    }

    private Task<ProgramRun> RunAsync(string version, string authority, string device, string[] more) => RunAsync(shared, version, authority, device, more);

    private Task<ProgramRun> PublishAsync(string version, string device, params string[] more) => RunAsync(version, shared.Authority.File, device, more);
}
