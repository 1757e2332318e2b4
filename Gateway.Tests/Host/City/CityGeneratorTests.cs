using Gateway.Host.City;
using Gateway.Protocols.Devices;
using Gateway.Rules.Files;

namespace Gateway.Tests.Host.City;

public class CityGeneratorTests
{
    private static readonly IReadOnlyList<CityFile> Sample = CityFolder.Read(CityFolder.SamplePath).Files;

    [Theory]
    [InlineData(0)]
    [InlineData(24)]
    [InlineData(1_000)]
    [InlineData(20_001)]
    public void Generated_city_reads_without_an_error(int devices)
    {
        CityReadResult result = CityReader.Read(CityGenerator.Generate(Sample, devices, 3));

        // A handful of devices cannot carry every tag that the rules match; a city of any size has no other finding.
        Assert.All(result.Findings, f => Assert.True(devices < 24 && f.Code == "R009", f.ToString()));
        Assert.Equal(devices, result.City!.Devices.Devices.Count);
    }

    [Fact]
    public void Generated_city_has_a_quarter_of_each_kind()
    {
        CityDefinition city = CityReader.Read(CityGenerator.Generate(Sample, 1_000, 3)).City!;

        Assert.Equal(
            new[] { ("access", 250), ("camera", 250), ("flood", 250), ("smoke", 250) },
            city.Devices.Devices.GroupBy(d => d.Profile.Kind).Select(g => (g.Key, g.Count())).Order());
        Assert.All(["SMK-000249", "FLD-000000", "ACC-000249", "CAM-000249"], id => Assert.NotNull(city.Devices.Find(id)));
    }

    [Fact]
    public void Same_seed_gives_the_same_city_and_another_seed_another()
    {
        Assert.Equal(CityGenerator.Generate(Sample, 100, 7), CityGenerator.Generate(Sample, 100, 7));
        Assert.NotEqual(CityGenerator.Generate(Sample, 100, 7), CityGenerator.Generate(Sample, 100, 8));
    }

    [Fact]
    public void Building_stands_in_one_grid_at_one_place_with_one_use()
    {
        CityDefinition city = CityReader.Read(CityGenerator.Generate(Sample, 5_000, 3)).City!;

        Assert.All(
            city.Devices.Devices.Where(d => d.Building.Length > 0).GroupBy(d => d.Building),
            building => Assert.Single(building.Select(d => (d.Area, d.Latitude, d.Longitude, d.Tags["use"])).Distinct()));
    }

    [Fact]
    public void Sample_city_is_the_generated_city_of_seed_1()
    {
        // The files an operator edits by hand are the generator's own input; areas, devices and duty are its output.
        Assert.Equal(
            CityGenerator.Generate(Sample, 200, 1).OrderBy(f => f.Path, StringComparer.Ordinal),
            Sample);
    }

    [Fact]
    public void Device_list_reports_every_row_written()
    {
        GeneratedDeviceList list = CityGenerator.Plan(Sample, 4 * 25_000, 1).DeviceLists[0];
        List<int> reports = [];
        list.WriteTo(TextWriter.Null, reports.Add);

        Assert.Equal([10_000, 10_000, 5_000], reports);
    }

    [Fact]
    public void Underpass_of_the_readme_is_an_underpass()
    {
        Device gauge = CityReader.Read(Sample).City!.Devices.Find("FLD-000001")!;

        Assert.Equal("underpass", gauge.Tags["site"]);
    }
}
