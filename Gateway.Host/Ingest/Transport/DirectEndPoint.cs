using System.Net;

namespace Gateway.Host.Ingest.Transport;

/// <summary>A plaintext MQTT address: where the system has epoll, <see cref="EpollTransport"/> serves it, elsewhere Kestrel's own sockets.</summary>
internal sealed class DirectEndPoint(IPAddress address, int port) : IPEndPoint(address, port);
