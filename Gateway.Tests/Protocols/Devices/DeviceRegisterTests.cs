using Gateway.Protocols.Devices;

namespace Gateway.Tests.Protocols.Devices;

public sealed class DeviceRegisterTests
{
    private static readonly DeviceProfile Flood = new("flood", [Pattern("city/v1/flood/{deviceId}/telemetry"), Pattern("old/{deviceId}")], []);
    private static readonly DeviceProfile Smoke = new("smoke", [Pattern("city/v1/smoke/{deviceId}/telemetry"), Pattern("old/{deviceId}")], []);

    [Fact]
    public void Device_is_found_by_its_exact_id()
    {
        DeviceRegister register = new([Flood], [DeviceOf(0, "FLD-1"), DeviceOf(1, "FLD-2")]);

        Assert.Equal(1, register.Find("FLD-2")?.Index);
        Assert.Null(register.Find("fld-2"));
        Assert.Null(register.Find(""));
    }

    [Fact]
    public void Empty_register_finds_nothing()
    {
        Assert.Null(DeviceRegister.Empty.Find("FLD-1"));
        Assert.Null(DeviceRegister.Empty.Bind("city/v1/flood/FLD-1/telemetry", out _));
    }

    [Fact]
    public void Topic_binds_to_the_first_profile_that_fits()
    {
        DeviceRegister register = new([Flood, Smoke], []);

        Assert.Same(Smoke, register.Bind("city/v1/smoke/SMK-1/telemetry", out ReadOnlySpan<char> deviceId));
        Assert.Equal("SMK-1", deviceId.ToString());
        Assert.Same(Flood, register.Bind("old/X", out deviceId));
        Assert.Equal("X", deviceId.ToString());
    }

    [Fact]
    public void Topic_that_no_profile_binds_gives_neither()
    {
        Assert.Null(new DeviceRegister([Flood, Smoke], []).Bind("city/v1/smoke/SMK-1/status", out ReadOnlySpan<char> deviceId));
        Assert.True(deviceId.IsEmpty);
    }

    [Fact]
    public void Device_out_of_place_is_refused() =>
        Assert.Throws<ArgumentException>(() => new DeviceRegister([Flood], [DeviceOf(1, "FLD-1")]));

    [Fact]
    public void Device_id_twice_is_refused() =>
        Assert.Throws<ArgumentException>(() => new DeviceRegister([Flood], [DeviceOf(0, "FLD-1"), DeviceOf(1, "FLD-1")]));

    private static Device DeviceOf(int index, string id) => new() { Index = index, Id = id, Profile = Flood, Area = "G-1" };

    private static TopicPattern Pattern(string text) => TopicPattern.TryParse(text, out TopicPattern? pattern, out string error) ? pattern : throw new FormatException(error);
}
