using Gateway.Host.Ingest;
using Gateway.Host.IngestLog;
using Microsoft.Data.Sqlite;

namespace Gateway.Tests.Host.Composition;

/// <summary>A case store that stands still, and a log that may not grow without end.</summary>
public sealed class LogQuotaTests : IDisposable
{
    private const int PlainBytes = 200_000;

    private readonly RuntimeRig _rig = new();

    [Fact]
    public async Task Store_that_stands_still_costs_plain_telemetry_first_and_life_safety_last_and_nothing_that_was_acknowledged()
    {
        Restart(backlogLimitBytes: 8 << 20, reserveBytes: 1L << 40);
        long plain = 0;
        long lifeSafety = 0;
        using (HoldCaseStore())
        {
            Assert.Equal(DoorResult.Appended, Smoke(ref lifeSafety, 3)); // its case cannot be filed
            while (Plain() == DoorResult.Appended)
            {
                plain++;
                Assert.InRange(plain, 1, (8 << 20) / PlainBytes);
            }

            Assert.Equal(LogPressure.LifeSafetyOnly, _rig.Gateway.Quota.Pressure);
            Assert.InRange(plain, (6 << 20) / PlainBytes * 9 / 10, ((6 << 20) / PlainBytes * 11 / 10) + 1);
            Assert.Contains("only messages of life-safety kinds are taken", _rig.Gateway.Quota.Problem, StringComparison.Ordinal);
            Assert.Equal(DoorResult.QuotaExceeded, _rig.Publish("panel", "panel/state", "on", retain: true));
            while (Smoke(ref lifeSafety, PlainBytes) == DoorResult.Appended)
            {
                Assert.InRange(lifeSafety, 1, 20);
            }

            Assert.Equal(LogPressure.Full, _rig.Gateway.Quota.Pressure);
            Assert.Equal(DoorResult.QuotaExceeded, Plain());
            Assert.Equal(0, _rig.Gateway.Cases.Health().LastSequence);
        }

        await _rig.CaughtUpAsync();
        _rig.Gateway.Quota.Look();
        Assert.Equal(LogPressure.None, _rig.Gateway.Quota.Pressure);
        Assert.Null(_rig.Gateway.Quota.Problem);
        Assert.Equal(DoorResult.Appended, Plain());
        await _rig.CaughtUpAsync();
        Assert.Equal(plain + 1 + lifeSafety, _rig.Gateway.Ledger.Total.Processed);
        Assert.Equal(4, _rig.Gateway.Ledger.Rejections.Single(r => r.Name == "log_full").Count);
        Assert.NotEqual(0, _rig.Gateway.Cases.Health().LastSequence);
        Assert.Contains(_rig.Log.Lines, l => l.Contains("messages of all kinds are taken again", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(99, 1_000, 100, 0)]
    [InlineData(49, 1_000, 100, 1)]
    [InlineData(50, 1_000, 100, 0)]
    [InlineData(99, 10_000, 100, 1)]
    [InlineData(0, 1_000, 0, 0)]
    public void Disk_that_runs_full_keeps_the_reserve_for_life_safety(long free, long size, long reserve, int expected)
    {
        IngestLogOptions options = new() { BacklogLimitBytes = 0, LifeSafetyReserveBytes = reserve };
        using LogQuota quota = new(_rig.Gateway.Log, () => _rig.Gateway.Pipeline.ProcessedOffset, options, () => (free, size), TimeProvider.System, _rig.Log.CreateLogger("quota"));
        quota.Look();
        Assert.Equal((LogPressure)expected, quota.Pressure);
        Assert.Equal(expected != 0, quota.Refuses(isLifeSafety: false));
        Assert.False(quota.Refuses(isLifeSafety: true));
    }

    /// <inheritdoc />
    public void Dispose() => _rig.Dispose();

    private void Restart(long backlogLimitBytes, long reserveBytes)
    {
        _rig.Stop();
        _rig.LogOptions.BacklogLimitBytes = backlogLimitBytes;
        _rig.LogOptions.LifeSafetyReserveBytes = reserveBytes;
        _rig.StartAgain();
    }

    /// <summary>Somebody has the case store locked for writing, as a backup tool might.</summary>
    private SqliteConnection HoldCaseStore()
    {
        SqliteConnection connection = new($"Data Source={Path.Combine(_rig.Data, "cases.db")};Pooling=False");
        connection.Open();
        using SqliteCommand begin = connection.CreateCommand();
        begin.CommandText = "BEGIN IMMEDIATE";
        begin.ExecuteNonQuery();
        return connection;
    }

    private DoorResult Plain()
    {
        DoorResult result = _rig.Publish("ACS-000001", "city/v1/access/ACS-000001/telemetry", Padded("\"event\":\"door_closed\"", PlainBytes), retain: false);
        _rig.Gateway.Quota.Look();
        return result;
    }

    private DoorResult Smoke(ref long taken, int bytes)
    {
        DoorResult result = _rig.Publish("SMK-000001", "city/v1/smoke/SMK-000001/telemetry", Padded("\"smoke_density\":1.5,\"temperature\":70", bytes), retain: false);
        taken += result == DoorResult.Appended ? 1 : 0;
        _rig.Gateway.Quota.Look();
        return result;
    }

    private static string Padded(string members, int bytes) => $"{{{members},\"note\":\"{new string('x', Math.Max(0, bytes - members.Length))}\"}}";
}
