using Gateway.Host.Access;
using Gateway.Host.Ingest;
using Gateway.Protocols.Devices;

namespace Gateway.Tests.Host.Access;

/// <summary>Who may use which topic: the whole table. Topics of the profile are <c>city/v1/flood/{deviceId}/telemetry</c> and <c>vendor/{deviceId}/up</c>.</summary>
public sealed class TopicRulesTests
{
    private const string Own = "FLD-1";
    private static readonly TopicRules Strict = new(TopicAccess.Strict);
    private static readonly DeviceRegister Register = new([new DeviceProfile("flood", [Pattern("city/v1/flood/{deviceId}/telemetry"), Pattern("vendor/{deviceId}/up")], [])], []);

    [Theory]
    [InlineData("city/v1/flood/FLD-1/telemetry", true)]
    [InlineData("city/v1/flood/FLD-1/status", true)]
    [InlineData("city/v1/smoke/FLD-1/anything/below", true)]
    [InlineData("vendor/FLD-1/up", true)]
    [InlineData("city/v1/flood/FLD-1/command", false)]
    [InlineData("city/v1/flood/FLD-1", false)]
    [InlineData("city/v1/flood/FLD-2/telemetry", false)]
    [InlineData("city/v1/flood/fld-1/telemetry", false)]
    [InlineData("city/v1/flood/FLD-2/status", false)]
    [InlineData("city/v1/flood/FLD-2/FLD-1/status", false)]
    [InlineData("vendor/FLD-2/up", false)]
    [InlineData("vendor/FLD-1/down", false)]
    [InlineData("city/v1/cases/FLD-1/2026-1", false)]
    [InlineData("$SYS/FLD-1", false)]
    [InlineData("$share/FLD-1/x", false)]
    [InlineData("FLD-1", false)]
    [InlineData("/city/v1/flood/FLD-1/telemetry", false)]
    public void Device_publishes_under_its_own_id_only(string topic, bool expected)
    {
        Assert.Equal(expected, MayPublish(CredentialSamples.DevicePrincipal(Own), topic));
        Assert.Equal(expected, MayPublish(CredentialSamples.DevicePrincipal(Own, clientId: "another-client-id"), topic));
        Assert.Equal(expected, MayPublish(CredentialSamples.LocalPrincipal(Own), topic, isRegistered: true));
    }

    [Theory]
    [InlineData("city/v1/flood/FLD-1/command", true)]
    [InlineData("city/v1/flood/FLD-1/#", true)]
    [InlineData("city/v1/flood/FLD-1/+", true)]
    [InlineData("vendor/FLD-1/up", true)]
    [InlineData("$share/group/city/v1/flood/FLD-1/command", true)]
    [InlineData("#", false)]
    [InlineData("+/+/+/+/+", false)]
    [InlineData("city/#", false)]
    [InlineData("city/v1/flood/#", false)]
    [InlineData("city/v1/flood/+/telemetry", false)]
    [InlineData("city/v1/+/FLD-1/telemetry", false)]
    [InlineData("city/v1/#/FLD-1", null)]
    [InlineData("city/v1/cases/FLD-1/#", false)]
    [InlineData("city/v1/flood/FLD-2/command", false)]
    [InlineData("vendor/+/up", false)]
    [InlineData("vendor/FLD-2/up", false)]
    [InlineData("vendor/FLD-1/#", false)]
    [InlineData("$share/FLD-1/#", false)]
    [InlineData("$share/group/city/v1/flood/FLD-2/command", false)]
    [InlineData("$share/group/$SYS/#", false)]
    [InlineData("$SYS/#", false)]
    public void Device_subscribes_under_its_own_id_only(string filter, bool? expected)
    {
        if (!Gateway.Protocols.Mqtt.Topics.TopicFilter.TryParse(filter, out _))
        {
            Assert.Null(expected);
            return;
        }

        Assert.Equal(expected, MaySubscribe(CredentialSamples.DevicePrincipal(Own), filter));
        Assert.Equal(expected, MaySubscribe(CredentialSamples.LocalPrincipal(Own), filter, isRegistered: true));
    }

    [Theory]
    [InlineData("+")]
    [InlineData("#")]
    [InlineData("$share")]
    [InlineData("FLD-1/telemetry")]
    [InlineData("a+b")]
    public void Hostile_name_widens_nothing(string name)
    {
        string[] filters = ["city/v1/flood/+/telemetry", "city/v1/flood/#", "#", "+/#", "vendor/+/up", $"$share/g/city/v1/flood/+/x", "$share/$share/#"];
        Assert.All(filters, f => Assert.False(MaySubscribe(CredentialSamples.DevicePrincipal(name), f), f));
        Assert.All(filters, f => Assert.False(MaySubscribe(CredentialSamples.LocalPrincipal(name), f, isRegistered: true), f));
        string[] topics = ["city/v1/flood/FLD-1/telemetry", "city/v1/flood/FLD-1/status", "vendor/FLD-1/up", $"city/v1/flood/{name}/x"];
        Assert.All(topics, t => Assert.False(MayPublish(CredentialSamples.DevicePrincipal(name), t), t));
    }

    [Theory]
    [InlineData("city/v1/flood/FLD-1/command", true)]
    [InlineData("vendor/FLD-9/up", true)]
    [InlineData("city/v1/flood/FLD-1/telemetry", false)]
    [InlineData("city/v1/cases/area/1", false)]
    [InlineData("$SYS/x", false)]
    public void Tool_publishes_what_is_written_beside_its_name(string topic, bool expected) =>
        Assert.Equal(expected, MayPublish(CredentialSamples.ToolPrincipal(["city/v1/+/+/command", "vendor/#", "city/v1/cases/#", "$SYS/#"], []), topic));

    [Theory]
    [InlineData("city/v1/cases/#", true)]
    [InlineData("city/v1/cases/area/+", true)]
    [InlineData("$share/desks/city/v1/cases/#", true)]
    [InlineData("city/v1/flood/FLD-1/telemetry", true)]
    [InlineData("city/v1/+/+/telemetry", true)]
    [InlineData("city/v1/+/+/#", false)]
    [InlineData("city/v1/#", false)]
    [InlineData("#", false)]
    public void Tool_subscribes_within_what_is_written_beside_its_name(string filter, bool expected) =>
        Assert.Equal(expected, MaySubscribe(CredentialSamples.ToolPrincipal([], ["city/v1/cases/#", "city/v1/+/+/telemetry"]), filter));

    [Fact]
    public void Tool_without_filters_may_do_nothing()
    {
        Assert.False(MayPublish(CredentialSamples.ToolPrincipal([], ["#"]), "a"));
        Assert.False(MaySubscribe(CredentialSamples.ToolPrincipal(["#"], []), "a"));
    }

    [Fact]
    public void Local_client_that_is_no_device_is_an_operators_tool()
    {
        Assert.True(MaySubscribe(CredentialSamples.LocalPrincipal("desk"), "#"));
        Assert.True(MayPublish(CredentialSamples.LocalPrincipal("desk"), "city/v1/flood/FLD-1/command"));
        Assert.False(MayPublish(CredentialSamples.LocalPrincipal("desk"), "city/v1/flood/FLD-1/telemetry"));
        Assert.False(MayPublish(CredentialSamples.LocalPrincipal("desk"), "city/v1/cases/a/1"));
    }

    private static bool MayPublish(ClientPrincipal principal, string topic, bool isRegistered = false) =>
        Strict.MayPublish(principal, topic, Register.Bind(topic, out ReadOnlySpan<char> id) is null ? null : id.ToString(), isRegistered);

    private static bool MaySubscribe(ClientPrincipal principal, string filter, bool isRegistered = false) =>
        Strict.MaySubscribe(principal, CredentialSamples.Filter(filter), Register.Bind(filter, out ReadOnlySpan<char> id) is null ? null : id.ToString(), isRegistered);

    private static TopicPattern Pattern(string text)
    {
        Assert.True(TopicPattern.TryParse(text, out TopicPattern? pattern, out string error), error);
        return pattern;
    }
}
