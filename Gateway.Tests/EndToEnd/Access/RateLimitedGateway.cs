using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd.Access;

/// <summary>A gateway with a low rate for each connection.</summary>
public sealed class RateLimitedGateway : SharedGateway
{
    /// <summary>Messages a connection may publish a second, and at once.</summary>
    public const int MessagesPerSecond = 20;

    /// <inheritdoc />
    protected override GatewayProcessSettings Settings => new()
    {
        Variables = new Dictionary<string, string> { ["Gateway__Mqtt__MessagesPerSecond"] = $"{MessagesPerSecond}", ["Gateway__Mqtt__BytesPerSecond"] = "1000000" },
    };
}
