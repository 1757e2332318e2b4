using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;

namespace Gateway.Tests.Protocols.Readings;

public sealed class ReadingBatchTests
{
    private static readonly DeviceProfile Profile = new(
        "two",
        [],
        [new FieldDefinition { Name = "a", Type = FieldType.Number }, new FieldDefinition { Name = "b", Type = FieldType.Number }]);

    [Fact]
    public void Added_row_is_absent_until_filled()
    {
        ReadingBatch batch = new(Profile);
        Span<double> values = batch.Add(RowOf(1));

        Assert.Equal(0UL, batch.Present(0));
        values[1] = 4;
        Assert.Equal(0b10UL, batch.Present(0));
    }

    [Fact]
    public void Rows_survive_growth()
    {
        ReadingBatch batch = new(Profile);
        for (int i = 0; i < 100; i++)
        {
            batch.Add(RowOf(i))[0] = i;
        }

        Assert.Equal(100, batch.Count);
        Assert.All(Enumerable.Range(0, 100), i => Assert.Equal((i, (double)i), (batch[i].DeviceIndex, batch.Values(i)[0])));
    }

    [Fact]
    public void Row_added_after_truncation_does_not_show_old_values()
    {
        ReadingBatch batch = new(Profile);
        batch.Add(RowOf(1)).Fill(9);
        batch.Truncate(0);
        batch.Add(RowOf(2));

        Assert.Equal(0UL, batch.Present(0));
        Assert.Equal(2, batch[0].DeviceIndex);
    }

    [Fact]
    public void Set_row_replaces_the_key_and_keeps_the_values()
    {
        ReadingBatch batch = new(Profile);
        batch.Add(RowOf(1))[0] = 3;
        batch.SetRow(0, RowOf(5));

        Assert.Equal((5, 3.0), (batch[0].DeviceIndex, batch.Values(0)[0]));
    }

    [Fact]
    public void Row_beyond_the_count_is_out_of_range()
    {
        ReadingBatch batch = new(Profile);
        batch.Add(RowOf(1));
        batch.Clear();

        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Values(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Truncate(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Truncate(-1));
        Assert.Throws<IndexOutOfRangeException>(() => batch[0].DeviceIndex);
    }

    [Fact]
    public void Sixty_four_columns_fit_the_mask()
    {
        DeviceProfile wide = new("wide", [], [.. Enumerable.Range(0, 64).Select(i => new FieldDefinition { Name = $"f{i}", Type = FieldType.Number })]);
        ReadingBatch batch = new(wide);
        batch.Add(RowOf(0)).Fill(1);

        Assert.Equal(ulong.MaxValue, batch.Present(0));
    }

    [Fact]
    public void Profile_of_text_only_has_rows_without_columns()
    {
        ReadingBatch batch = new(new DeviceProfile("none", [], []));
        for (int i = 0; i < 40; i++)
        {
            batch.Add(RowOf(i));
        }

        Assert.Equal(0, batch.Values(39).Length);
        Assert.Equal(39, batch[39].DeviceIndex);
    }

    private static ReadingBatch.Row RowOf(int deviceIndex) => new(deviceIndex, new EventTime(1), new EventTime(2), TimeQuality.Ok, -1);
}
