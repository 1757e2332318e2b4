using System.Net;
using Gateway.Host.Access.Tls;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Host.Access;

/// <summary>Where a connection comes from, as far as the network vouches for it. Immutable.</summary>
/// <param name="Address">Its address; null when it has none.</param>
/// <param name="Certificate">The client certificate that was shown and found good; null for none.</param>
internal sealed record ClientOrigin(IPAddress? Address, DeviceCertificate? Certificate)
{
    /// <summary>Whether it comes from this machine.</summary>
    public bool IsLoopback => Address is not null && IPAddress.IsLoopback(Address);

    /// <summary>The origin of a network connection, behind its TLS handshake if it has one.</summary>
    public static ClientOrigin Of(ConnectionContext connection) => new(
        (connection.RemoteEndPoint as IPEndPoint)?.Address,
        connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate is { } certificate ? DeviceCertificate.Of(certificate) : null);
}
