using Gateway.Host.IngestLog;
using Gateway.Host.Pipeline;

namespace Gateway.Tests.Host.Composition;

/// <summary>A log that ends before the place the stores have reached: a segment was moved away, or an older log directory put back.</summary>
public sealed class ShortLogTests : IDisposable
{
    private readonly RuntimeRig _rig = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Message_after_the_log_was_shortened_is_processed_and_the_loss_is_told(bool whole)
    {
        for (int i = 0; i < 6; i++)
        {
            _rig.Publish("FLD-000002", $"{{\"seq\":{i},\"water_level\":0.01}}");
        }

        await _rig.CaughtUpAsync();
        _rig.Stop();
        foreach (string segment in Directory.GetFiles(Path.Combine(_rig.Data, "log")))
        {
            Shorten(segment, whole);
        }

        _rig.StartAgain();
        _rig.Publish("FLD-000001", "{\"water_level\":0.45}");
        await _rig.CaughtUpAsync();
        Assert.Equal(7, _rig.Gateway.Ledger.Total[Outcome.Stored]);
        Assert.Equal("FLD-000001", Assert.Single(_rig.Gateway.Pipeline.Alerts).DeviceId);
        Assert.Contains(_rig.Log.Lines, l => l.StartsWith("Error 1006 ", StringComparison.Ordinal));

        // The next start finds nothing amiss: the log has gone on behind the hole.
        int told = _rig.Log.Lines.Count(l => l.StartsWith("Error 1006 ", StringComparison.Ordinal));
        _rig.Stop();
        _rig.StartAgain();
        _rig.Publish("FLD-000003", "{\"water_level\":0.45}");
        await _rig.CaughtUpAsync();
        Assert.Equal(8, _rig.Gateway.Ledger.Total[Outcome.Stored]);
        Assert.Equal(told, _rig.Log.Lines.Count(l => l.StartsWith("Error 1006 ", StringComparison.Ordinal)));
    }

    /// <inheritdoc />
    public void Dispose() => _rig.Dispose();

    private static void Shorten(string segment, bool whole)
    {
        if (whole)
        {
            File.Delete(segment);
        }
        else
        {
            using FileStream file = File.OpenWrite(segment);
            file.SetLength(LogSegment.HeaderLengthBytes);
        }
    }
}
