using Gateway.Tests.Support;

namespace Gateway.Tests.EndToEnd;

/// <summary>A gateway whose clock runs 600 times as fast: ten minutes of holding pass in a second.</summary>
public sealed class ExerciseGateway : SharedGateway
{
    /// <inheritdoc />
    protected override GatewayProcessSettings Settings => new() { Arguments = ["--clock-speed", "600"] };
}
