using Gateway.Host.Cli.Simulate;
using Gateway.Protocols.Devices;

namespace Gateway.Tests.Host.Simulate;

public sealed class SimulatedFleetTests
{
    [Fact]
    public void Generated_fleet_has_a_quarter_of_each_kind()
    {
        SimulatedFleet fleet = SimulatedFleet.Generate(10);

        Assert.Equal(
            ["SMK-000000", "FLD-000000", "ACC-000000", "CAM-000000", "SMK-000001", "FLD-000001", "ACC-000001", "CAM-000001", "SMK-000002", "FLD-000002"],
            fleet.Devices.Select(d => d.Id));
        Assert.Equal("city/v1/smoke/SMK-000002/telemetry", fleet.Find("SMK-000002")?.TelemetryTopic);
        Assert.Equal("city/v1/access/ACC-000001/event", fleet.Find("ACC-000001")?.EventTopic);
        Assert.Equal("city/v1/camera/CAM-000000/status", fleet.Find("CAM-000000")?.StatusTopic);
        Assert.Null(fleet.Find("SMK-000003"));
    }

    [Fact]
    public void Small_part_of_a_city_has_every_kind()
    {
        DeviceProfile a = Profile("smoke", "city/v1/smoke/{deviceId}/telemetry");
        DeviceProfile b = Profile("access", "site/{deviceId}/event", "door_forced", "door_closed");
        DeviceRegister register = new([a, b], [DeviceOf(0, "S1", a), DeviceOf(1, "S2", a), DeviceOf(2, "S3", a), DeviceOf(3, "A1", b)]);

        SimulatedFleet fleet = SimulatedFleet.From(register, 2);

        Assert.Equal(["S1", "A1"], fleet.Devices.Select(d => d.Id));
        Assert.Equal("site/A1/event", fleet.Devices[1].EventTopic);
        Assert.Equal("B-1", fleet.Devices[0].Place);
        Assert.Equal(4, SimulatedFleet.From(register, null).Devices.Count);
    }

    [Fact]
    public void Event_is_one_the_profile_lists()
    {
        DeviceProfile profile = Profile("access", "site/{deviceId}/event", "door_forced", "door_closed");
        SimulatedDevice device = SimulatedDevice.From(DeviceOf(0, "A1", profile));

        Assert.Equal("door_closed", device.EventNamed("opened", "door_closed"));
        Assert.Null(device.EventNamed("opened"));
        Assert.Equal("opened", SimulatedDevice.Canonical("access", "A1", "").EventNamed("opened"));
    }

    private static Device DeviceOf(int index, string id, DeviceProfile profile) => new() { Index = index, Id = id, Profile = profile, Area = "G-1", Building = "B-1" };

    private static DeviceProfile Profile(string kind, string topic, params string[] events)
    {
        Assert.True(TopicPattern.TryParse(topic, out TopicPattern? pattern, out string error), error);
        return new DeviceProfile(kind, [pattern], events.Length == 0 ? [] : [new FieldDefinition { Name = "event", Type = FieldType.Enumeration, Values = events }]);
    }
}
