using Gateway.Protocols.Devices;
using Gateway.Rules.Files;

namespace Gateway.Tests.Rules.Files;

public class DeviceListTests
{
    private const string Header = "id,kind,area,building,address,lat,lon,tags";

    [Theory]
    [InlineData("\"Road 1, yard\"", "Road 1, yard")]
    [InlineData("\"the \"\"Dip\"\"\"", "the \"Dip\"")]
    [InlineData("\"\"", "")]
    [InlineData("\"\"\"\"", "\"")]
    [InlineData("临江市 解放路12号", "临江市 解放路12号")]
    public void Address_is_read_as_RFC_4180_quotes_it(string written, string expected)
    {
        Assert.Equal(expected, Read($"{Header}\nX,flood,330102001001G02,,{written},30,120,\n").City!.Devices.Find("X")!.Address);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void Line_ends_blank_lines_and_a_missing_last_one_are_no_matter(string newline)
    {
        CityDefinition city = Read(string.Join(newline, Header, "", "X,flood,330102001001G02,,,30,120,a=b", "Y,flood,330102001001G02,,,30,120,a=b")).City!;

        Assert.Equal("b", city.Devices.Find("Y")!.Tags["a"]);
        Assert.Same(city.Devices.Find("X")!.Tags, city.Devices.Find("Y")!.Tags);
    }

    [Fact]
    public void Columns_may_stand_in_any_order()
    {
        Device device = Read("lon,lat,area,kind,id\n120,30,330102001001G02,flood,X\n").City!.Devices.Find("X")!;

        Assert.Equal((30d, 120d, ""), (device.Latitude, device.Longitude, device.Address));
    }

    [Fact]
    public void Line_of_a_row_counts_the_line_ends_inside_quotes()
    {
        CityReadResult result = Read($"{Header}\nX,flood,330102001001G02,\"B\n7\",,30,120,\nY,flod,330102001001G02,,,30,120,\n");

        Assert.Equal(
            [("Y019", 2, 26), ("D006", 4, 3)],
            result.Findings.Select(f => (f.Code, f.Location.Line, f.Location.Column)));
    }

    [Fact]
    public void Duplicate_in_another_file_tells_the_first()
    {
        CityReadResult result = Read($"{Header}\nFLD-1,flood,330102001001G02,,,30,120,\n");

        Assert.StartsWith("device FLD-1 is written twice, first at devices/flood.csv:2", Assert.Single(result.Findings).Message, StringComparison.Ordinal);
    }

    private static CityReadResult Read(string text) => CityReader.Read(CityFixtures.With(new CityFile("devices/more.csv", text)));
}
