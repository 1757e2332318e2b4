namespace Gateway.Host.Access;

/// <summary>Who a connection is.</summary>
/// <param name="ClientId">Client id; for a device its device id.</param>
/// <param name="IsTrustedLocal">A client without credentials on the loopback of a development machine.</param>
internal sealed record ClientPrincipal(string ClientId, bool IsTrustedLocal);
