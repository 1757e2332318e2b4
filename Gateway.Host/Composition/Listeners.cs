using System.Globalization;
using System.Net;
using System.Net.Security;
using Gateway.Host.Access.Tls;
using Gateway.Host.Ingest;
using Gateway.Host.Ingest.Transport;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Gateway.Host.Composition;

/// <summary>Where the gateway listens: MQTT and HTTP, each in plaintext, over TLS, or not at all.</summary>
internal sealed class Listeners(GatewaySettings settings, CertificateKeeper? certificates)
{
    private const int Off = -1;
    private const int HttpBodyLimitBytes = 1024 * 1024;

    private readonly List<string> _bound = [];

    /// <summary>Binds them.</summary>
    public void Bind(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = HttpBodyLimitBytes;
        GatewayOptions options = settings.Gateway;
        TlsOptions mqtts = settings.Mqtt.Tls;
        if (options.MqttPort != Off)
        {
            _bound.Add("mqtt");
            kestrel.Listen(new DirectEndPoint(IPAddress.Parse(options.Host), options.MqttPort), Mqtt);
        }

        Bind(kestrel, "http", options.Host, options.HttpPort, _ => { });
        Bind(kestrel, "mqtts", mqtts.Host ?? options.Host, mqtts.EffectivePort, listen =>
        {
            UseTls(listen, certificates!.MqttHandshake);
            Mqtt(listen);
        });
        Bind(kestrel, "https", settings.HttpTls.Host ?? options.Host, settings.HttpTls.Port, listen => UseTls(listen, certificates!.HttpHandshake));
    }

    /// <summary>The line that says where a started application listens; the TLS listeners are named only when there are some.</summary>
    public string ReadyLine(WebApplication app)
    {
        ICollection<string> addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        IEnumerable<IPEndPoint> endPoints = addresses.Select(a => new Uri(a)).Select(u => new IPEndPoint(IPAddress.Parse(u.Host.Trim('[', ']')), u.Port));
        Dictionary<string, IPEndPoint> byName = _bound.Zip(endPoints).ToDictionary(b => b.First, b => b.Second);
        IEnumerable<string> plaintext = new[] { "mqtt", "http" }.Select(n => $"{n}={(byName.TryGetValue(n, out IPEndPoint? at) ? at : "off")}");
        IEnumerable<string> tls = _bound.Where(n => n is "mqtts" or "https").Select(n => string.Create(CultureInfo.InvariantCulture, $"{n}={byName[n]}"));
        return string.Join(' ', ["gateway ready", .. plaintext, .. tls]);
    }

    private static void Mqtt(ListenOptions listen) => listen.UseConnectionHandler<MqttConnectionHandler>();

    private void UseTls(ListenOptions listen, Func<SslServerAuthenticationOptions> handshake) => listen.UseHttps(new TlsHandshakeCallbackOptions
    {
        HandshakeTimeout = settings.Mqtt.ConnectTimeout,
        OnConnection = _ => ValueTask.FromResult(handshake()), // asked at each handshake: the certificate may have been replaced
    });

    private void Bind(KestrelServerOptions kestrel, string name, string host, int port, Action<ListenOptions> configure)
    {
        if (port != Off)
        {
            _bound.Add(name);
            kestrel.Listen(IPAddress.Parse(host), port, configure);
        }
    }
}
