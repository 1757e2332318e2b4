using Gateway.Host.Series.Embedded;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;

namespace Gateway.Tests.Host.Series.Embedded;

/// <summary>What the store does about files that a crash or a disk has spoilt: it never serves a wrong value, and serves all that is sound.</summary>
public sealed class BlockDamageTests : IDisposable
{
    private readonly SeriesFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Block_truncated_at_any_byte_is_set_aside_and_the_rest_is_served()
    {
        byte[] whole = WriteTwoBlocks();
        for (int length = 0; length < whole.Length; length++)
        {
            Restore(whole[..length]);
            using EmbeddedSeriesStore store = _folder.Open();

            Assert.Equal(1, store.Status.QuarantinedBlocks);
            Assert.Single(_folder.Damaged);
            Assert.Equal([2000L], SeriesFolder.Read(store).Select(r => r.Time).Distinct());
        }
    }

    [Fact]
    public void Block_with_any_byte_flipped_never_gives_a_wrong_value()
    {
        byte[] whole = WriteTwoBlocks();
        var sound = ReadAll();
        for (int at = 0; at < whole.Length; at++)
        {
            byte[] spoilt = [.. whole];
            spoilt[at] ^= (byte)(1 << (at % 8));
            Restore(spoilt);
            using EmbeddedSeriesStore store = _folder.Open();
            var read = SeriesFolder.Read(store);
            store.Maintain(new EventTime(0));

            Assert.Subset(sound.ToHashSet(), read.ToHashSet());
            Assert.InRange(read.Count, 3, sound.Count - 1);
            Assert.Equal(1, store.Status.QuarantinedBlocks);
            Assert.Equal(read, SeriesFolder.Read(store));
        }
    }

    [Fact]
    public void Chunk_that_is_damaged_costs_only_itself()
    {
        byte[] whole = WriteTwoBlocks();
        whole[BlockFormat.HeaderLengthBytes + 30] ^= 1;
        Restore(whole);
        using EmbeddedSeriesStore store = _folder.Open();

        int before = SeriesFolder.Read(store).Count;
        store.Maintain(new EventTime(0));

        Assert.InRange(before, 4, 8);
        Assert.Equal(before, SeriesFolder.Read(store).Count);
        Assert.Equal(2, _folder.Blocks.Length);
        Assert.Single(_folder.Damaged);
        Assert.Contains("BadChunk", store.Status.LastDamage, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_removes_half_written_files()
    {
        byte[] whole = WriteTwoBlocks();
        string leftover = Path.Combine(_folder.Path, "000000000003-000000000003-r0.tmp");
        File.WriteAllBytes(leftover, whole[..50]);
        using EmbeddedSeriesStore store = _folder.Open();

        Assert.False(File.Exists(leftover));
        Assert.Equal(9, SeriesFolder.Read(store).Count);
    }

    [Fact]
    public void Open_removes_inputs_that_a_merge_had_replaced_when_the_crash_came()
    {
        WriteTwoBlocks();
        byte[][] inputs = [.. _folder.Blocks.Select(File.ReadAllBytes)];
        string[] paths = _folder.Blocks;
        var sound = ReadAll();
        using (EmbeddedSeriesStore store = _folder.Open(mergeCount: 2))
        {
            store.Maintain(new EventTime(0));
        }

        File.WriteAllBytes(paths[0], inputs[0]);
        File.WriteAllBytes(paths[1], inputs[1]);
        using EmbeddedSeriesStore reopened = _folder.Open();

        Assert.Single(_folder.Blocks);
        Assert.Equal(sound, SeriesFolder.Read(reopened));
    }

    [Fact]
    public void Open_of_a_newer_version_is_refused_and_touches_nothing()
    {
        byte[] whole = WriteTwoBlocks();
        BitConverter.TryWriteBytes(whole.AsSpan(8), 2u);
        BitConverter.TryWriteBytes(whole.AsSpan(32), BlockFormat.Checksum(whole.AsSpan(0, 32)));
        Restore(whole);

        IOException refused = Assert.Throws<IOException>(() => _folder.Open());
        Assert.Contains("newer version", refused.Message, StringComparison.Ordinal);
        Assert.Equal(2, _folder.Blocks.Length);
    }

    [Fact]
    public void Names_of_devices_never_reach_the_file_system()
    {
        using EmbeddedSeriesStore store = _folder.Open();
        var profile = new DeviceProfile("x", [], [SeriesCity.Number("../../metric", "")]);
        var register = new DeviceRegister(
            [profile], [new Device { Index = 0, Id = "../../../etc/passwd\n<b>", Profile = profile, Area = "G1" }]);
        store.Append(SeriesCity.Batch(profile, 0, 1, 2.5), 0, 1, register);
        store.Flush();

        Assert.Equal(["000000000001-000000000001-r0.block", "series.lock"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order());
        Assert.Equal(new SeriesKey("../../../etc/passwd\n<b>", "../../metric"), SeriesFolder.Read(store)[0].Key);
    }

    // Block 1: two samples of each of three series, at times apart so that no times section is shared. Block 2: one sample of each.
    private byte[] WriteTwoBlocks()
    {
        using EmbeddedSeriesStore store = _folder.Open();
        for (int field = 0; field < 3; field++)
        {
            double[] values = [double.NaN, double.NaN, double.NaN];
            values[field] = 1.25;
            SeriesCity.Append(store, 0, 1000 + field, values);
            values[field] = 2.5;
            SeriesCity.Append(store, 0, 1010 + field, values);
        }

        store.Flush();
        SeriesCity.Append(store, 0, 2000, 1, 2, 3);
        store.Flush();
        return File.ReadAllBytes(_folder.Blocks[0]);
    }

    private List<(SeriesKey Key, long Time, double Value)> ReadAll()
    {
        using EmbeddedSeriesStore store = _folder.Open();
        return SeriesFolder.Read(store);
    }

    private void Restore(byte[] firstBlock)
    {
        foreach (string damaged in _folder.Damaged)
        {
            File.Delete(damaged);
        }

        foreach (string salvaged in _folder.Blocks.Where(b => b.EndsWith("r1.block", StringComparison.Ordinal)))
        {
            File.Delete(salvaged);
        }

        File.WriteAllBytes(Path.Combine(_folder.Path, "000000000001-000000000001-r0.block"), firstBlock);
    }
}
