using Gateway.Tests.Host.Composition;

namespace Gateway.Tests.Host.City;

/// <summary>An edit of the city folder that cannot be made durable.</summary>
public sealed class CityWatcherTests : IDisposable
{
    private readonly RuntimeRig _rig = new();

    [Fact]
    public async Task Edit_the_archive_cannot_keep_waits_and_is_told_once_until_it_can()
    {
        await _rig.CaughtUpAsync(); // the pipeline has read the first snapshot
        string snapshots = Path.Combine(_rig.Data, "snapshots");
        Directory.Move(snapshots, snapshots + ".aside");
        await File.WriteAllTextAsync(snapshots, ""); // nothing can be written below a file
        string before = await EditAsync();

        Assert.False(await _rig.Gateway.City.ReloadAsync());
        Assert.False(await _rig.Gateway.City.ReloadAsync());
        Assert.Equal((true, false), (_rig.Gateway.City.IsFolderValid, _rig.Gateway.City.IsFolderInEffect));
        Assert.StartsWith("it could not be archived: ", _rig.Gateway.City.NotInEffect, StringComparison.Ordinal);
        Assert.Equal(before, _rig.Gateway.City.Latest.Revision);
        Assert.Single(_rig.Log.Lines, l => l.StartsWith("Error 1203 ", StringComparison.Ordinal));

        File.Delete(snapshots);
        Directory.Move(snapshots + ".aside", snapshots);
        Assert.True(await _rig.Gateway.City.ReloadAsync());
        Assert.Null(_rig.Gateway.City.NotInEffect);
        Assert.True(_rig.Gateway.City.IsFolderInEffect);
        Assert.NotEqual(before, _rig.Gateway.City.Latest.Revision);
        Assert.Equal(before, _rig.Gateway.City.Before.Revision);
        await _rig.CaughtUpAsync();
    }

    [Fact]
    public async Task Edit_the_log_does_not_take_waits()
    {
        string before = await EditAsync();
        _rig.Gateway.Log.Close();
        Assert.False(await _rig.Gateway.City.ReloadAsync());
        Assert.Equal("the log does not take writes", _rig.Gateway.City.NotInEffect);
        Assert.Equal((before, 0), (_rig.Gateway.City.Latest.Revision, _rig.Gateway.City.Reloads));
    }

    [Fact]
    public async Task Edit_that_waits_and_is_taken_back_waits_no_more()
    {
        string file = Path.Combine(_rig.City, "city.yaml");
        string text = await File.ReadAllTextAsync(file);
        await EditAsync();
        _rig.Gateway.Log.Close();
        Assert.False(await _rig.Gateway.City.ReloadAsync());
        await File.WriteAllTextAsync(file, text);
        Assert.True(await _rig.Gateway.City.ReloadAsync());
        Assert.Null(_rig.Gateway.City.NotInEffect);
    }

    /// <inheritdoc />
    public void Dispose() => _rig.Dispose();

    private async Task<string> EditAsync()
    {
        await File.AppendAllTextAsync(Path.Combine(_rig.City, "city.yaml"), "\n# edited\n");
        return _rig.Gateway.City.Latest.Revision;
    }
}
