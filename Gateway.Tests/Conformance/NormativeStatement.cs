namespace Gateway.Tests.Conformance;

/// <summary>One numbered statement of the specification. Immutable.</summary>
/// <param name="Version"><c>3.1.1</c> or <c>5.0</c>.</param>
/// <param name="Id">Such as <c>MQTT-3.1.2-24</c>.</param>
/// <param name="Binds"><c>server</c>, <c>client</c> or <c>both</c>.</param>
/// <param name="Summary">What it is about, in a few words of our own.</param>
/// <param name="NotTested">Why it has no test here; null when it must have one, or binds the client only.</param>
public sealed record NormativeStatement(string Version, string Id, string Binds, string Summary, string? NotTested)
{
    /// <summary>Whether a test must carry it.</summary>
    public bool NeedsTest => Binds != "client" && NotTested is null;
}
