namespace Gateway.Tests.Conformance;

/// <summary>
/// Says which normative statements of the MQTT specification a test shows to hold. The page <c>docs/mqtt-conformance.md</c> is made from
/// these and from <see cref="StatementTable"/>.
/// </summary>
/// <param name="version"><c>3.1.1</c> or <c>5.0</c>.</param>
/// <param name="ids">Statement numbers as the specification writes them, such as <c>MQTT-3.1.2-24</c>.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class StatementAttribute(string version, params string[] ids) : Attribute
{
    /// <summary>Version of the specification.</summary>
    public string Version { get; } = version;

    /// <summary>Statement numbers.</summary>
    public IReadOnlyList<string> Ids { get; } = ids;
}
