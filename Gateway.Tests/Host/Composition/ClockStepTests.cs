using Gateway.Host.Ingest;
using Gateway.Host.IngestLog.Inspection;
using Gateway.Host.Pipeline;
using Gateway.Protocols.Readings;
using Gateway.Tests.Support;

namespace Gateway.Tests.Host.Composition;

/// <summary>The clock on the wall is set by an hour, a day, or back to 1970, while the gateway runs and while it is down.</summary>
public sealed class ClockStepTests : IDisposable
{
    private readonly SteppedTime _time = new();
    private readonly RuntimeRig _rig;

    public ClockStepTests() => _rig = new RuntimeRig(_time);

    public static TheoryData<TimeSpan> Steps() =>
        [TimeSpan.FromHours(1), TimeSpan.FromHours(-1), TimeSpan.FromDays(1), TimeSpan.FromDays(-1), DateTimeOffset.UnixEpoch - DateTimeOffset.UtcNow];

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Step_under_a_running_gateway_reaches_neither_log_nor_keep_alive_nor_alerts(TimeSpan step)
    {
        await HearAllAsync();
        EventTime now = _rig.Gateway.Clock.Now;
        EventTime steady = _rig.Gateway.Clock.Steady;
        _time.Step = step;
        Assert.InRange((_rig.Gateway.Clock.Now - now).TotalSeconds, 0, 60);
        Assert.InRange((_rig.Gateway.Clock.Steady - steady).TotalSeconds, 0, 60);
        await JudgeAsync(2);
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Step_between_two_starts_turns_no_time_back_and_finds_no_device_silent(TimeSpan step)
    {
        await HearAllAsync();
        EventTime before = _rig.Gateway.Pipeline.LastRecordAt;
        _rig.Stop();
        _time.Step = step;
        _rig.StartAgain();
        Assert.True(_rig.Gateway.Clock.Now >= before);
        Assert.InRange((_rig.Gateway.Clock.Now - before).TotalSeconds, 0, Math.Max(0, step.TotalSeconds) + 60);
        await JudgeAsync(2);

        // And back: what the log holds is never left behind.
        _rig.Stop();
        _time.Step = TimeSpan.Zero;
        _rig.StartAgain();
        Assert.True(_rig.Gateway.Clock.Now >= before);
        await JudgeAsync(3);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3_600)]
    [InlineData(-86_400)]
    [InlineData(-1_700_000_000)]
    public async Task Device_ahead_of_a_gateway_whose_clock_is_behind_still_raises_its_alarm(int stepSeconds)
    {
        StartAnew(TimeSpan.FromSeconds(stepSeconds));
        string trueTime = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(DoorResult.Appended, _rig.Publish("FLD-000001", $"{{\"ts\":{trueTime},\"water_level\":0.6}}"));
        await _rig.CaughtUpAsync();
        Assert.Contains(_rig.Gateway.Pipeline.Alerts, a => a.DeviceId == "FLD-000001");
        Assert.Equal(1, _rig.Gateway.Ledger.Total[Outcome.Stored]);
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Clock_put_right_between_two_starts_costs_no_alarm(TimeSpan step)
    {
        StartAnew(step);
        await HearAllAsync();
        _rig.Stop();
        _time.Step = TimeSpan.Zero;
        _rig.StartAgain();
        await JudgeWithTimeAsync();
        Assert.Equal(step > TimeSpan.Zero, _rig.Gateway.ClockKeeper.Problem is not null);
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Clock_put_right_under_a_running_gateway_costs_no_alarm(TimeSpan step)
    {
        StartAnew(step);
        await HearAllAsync();
        _time.Step = TimeSpan.Zero;
        await _rig.Gateway.ClockKeeper.LookAsync();
        Assert.Contains(step > TimeSpan.Zero ? "ahead of" : "behind", _rig.Gateway.ClockKeeper.Problem!, StringComparison.Ordinal);
        await JudgeWithTimeAsync();
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Clock_set_wrong_under_a_running_gateway_costs_no_alarm(TimeSpan step)
    {
        await HearAllAsync();
        _time.Step = step;
        await _rig.Gateway.ClockKeeper.LookAsync();
        Assert.NotNull(_rig.Gateway.ClockKeeper.Problem);
        await JudgeWithTimeAsync();
        _rig.Stop();
        _rig.StartAgain();
        _time.Step = TimeSpan.Zero;
        await _rig.Gateway.ClockKeeper.LookAsync();
        Assert.Equal(DoorResult.Appended, _rig.Publish("FLD-000002", Reading("FLD-000002", 0.6, TimeSpan.Zero)));
        await _rig.CaughtUpAsync();
        Assert.Contains(_rig.Gateway.Pipeline.Alerts, a => a.DeviceId == "FLD-000002");
    }

    /// <inheritdoc />
    public void Dispose() => _rig.Dispose();

    /// <summary>Every gauge is heard once, so that each may be found silent.</summary>
    private async Task HearAllAsync()
    {
        foreach (string id in _rig.Gateway.City.Latest.Definition.Devices.Devices.Select(d => d.Id).Where(id => id.StartsWith("FLD-", StringComparison.Ordinal)))
        {
            Assert.Equal(DoorResult.Appended, _rig.Publish(id, "{\"water_level\":0.01}"));
        }

        await _rig.CaughtUpAsync();
        Assert.Empty(_rig.Gateway.Pipeline.Alerts);
    }

    /// <summary>A gateway whose log has seen no other time than that of a clock which is wrong by <paramref name="step"/>.</summary>
    private void StartAnew(TimeSpan step)
    {
        _rig.Stop();
        Directory.Delete(_rig.Data, recursive: true);
        _time.Step = step;
        _rig.StartAgain();
    }

    /// <summary>A device that knows the true time raises its alarm, and what another sent twenty minutes ago raises none.</summary>
    private async Task JudgeWithTimeAsync()
    {
        Assert.Equal(DoorResult.Appended, _rig.Publish("FLD-000003", Reading("FLD-000003", 0.6, TimeSpan.FromMinutes(20))));
        Assert.Equal(DoorResult.Appended, _rig.Publish("FLD-000001", Reading("FLD-000001", 0.6, TimeSpan.Zero)));
        await _rig.CaughtUpAsync();
        Assert.NotEmpty(_rig.Gateway.Pipeline.Alerts);
        Assert.All(_rig.Gateway.Pipeline.Alerts, a => Assert.Equal("FLD-000001", a.DeviceId));
    }

    private static string Reading(string device, double level, TimeSpan ago)
    {
        long ts = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - (long)ago.TotalMilliseconds;
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{{\"ts\":{ts},\"device\":\"{device}\",\"water_level\":{level}}}");
    }

    /// <summary>Nothing is silent, a flood is one, counts balance, and times along the log never decrease.</summary>
    private async Task JudgeAsync(int sequence)
    {
        Assert.Equal(DoorResult.Appended, _rig.Publish("FLD-000002", $"{{\"seq\":{sequence},\"water_level\":0.01}}"));
        await _rig.CaughtUpAsync();
        Assert.DoesNotContain(_rig.Gateway.Pipeline.Alerts, a => a.DeviceId != "FLD-000001");
        Assert.Equal(DoorResult.Appended, _rig.Publish("FLD-000001", $"{{\"seq\":{sequence},\"water_level\":0.6}}"));
        await _rig.CaughtUpAsync();
        Assert.All(_rig.Gateway.Pipeline.Alerts, a => Assert.Equal("FLD-000001", a.DeviceId));
        Assert.NotEmpty(_rig.Gateway.Pipeline.Alerts);
        Assert.Equal(_rig.Gateway.Ledger.Total.Accepted, _rig.Gateway.Ledger.Total[Outcome.Stored]);
        LogVerifier verifier = new(Path.Combine(_rig.Data, "log"));
        verifier.Run();
        Assert.DoesNotContain(verifier.Findings, f => f.IsError);
    }
}
