using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd.Mqtt;

/// <summary>A gateway that lets any client use any topic, with a small log buffer and few sessions, so that limits are met soon.</summary>
public sealed class SessionGateway : SharedGateway
{
    /// <summary>Sessions it keeps at most.</summary>
    public const int SessionLimit = 60;

    /// <inheritdoc />
    protected override GatewayProcessSettings Settings => new()
    {
        Variables = new Dictionary<string, string>
        {
            ["Gateway__Mqtt__Access"] = "open",
            ["Gateway__Mqtt__SessionLimit"] = SessionLimit.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["Gateway__Log__BatchLimitBytes"] = "65536",
        },
    };
}
