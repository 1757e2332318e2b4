using System.CommandLine;
using Gateway.Host.Cli.Simulate;
using Gateway.Protocols.Readings;

namespace Gateway.Tests.Host.Simulate;

public sealed class SimulateArgumentsTests
{
    [Fact]
    public void No_option_is_needed()
    {
        SimulateOptions options = Read([]);

        Assert.Equal(("calm", null, 100.0, 1, 1883, "127.0.0.1"), (options.Scenario, options.Devices, options.RatePerSecond, options.Seed, options.Port, options.Host));
        Assert.False(options.PacedByClock);
    }

    [Theory]
    [InlineData("--scenario", "replay", "a.csv", "b.csv")]
    [InlineData("--scenario", "replay a.csv b.csv")]
    [InlineData("--scenario", "replay a.csv", "b.csv")]
    [InlineData("a.csv", "b.csv", "--scenario", "replay")]
    public void Recordings_are_named_behind_the_scenario_or_with_it(params string[] arguments)
    {
        SimulateOptions options = Read(arguments);

        Assert.Equal("replay", options.Scenario);
        Assert.Equal(["a.csv", "b.csv"], options.Files);
    }

    [Fact]
    public void Every_option_is_read()
    {
        SimulateOptions options = Read(["--devices", "8", "--rate", "2.5", "--scenario", "replay", "--seed", "9", "--duration", "1m30s", "--port", "1884", "--host", "gw", "--city", "c",
            "--clock-start", "2026-01-27T09:00:00Z", "--clock-speed", "60", "--kind", "smoke", "--device", "D", "--map", "a=b", "--map", "x=y=", "f.csv"]);

        Assert.Equal((8, 2.5, 9, TimeSpan.FromSeconds(90L), 1884, "gw", "c"), (options.Devices!.Value, options.RatePerSecond, options.Seed, options.Duration!.Value, options.Port, options.Host, options.City));
        Assert.Equal((new EventTime(1_769_504_400_000), 60.0, true), (options.ClockStart!.Value, options.ClockSpeed!.Value, options.PacedByClock));
        Assert.Equal(("smoke", "D"), (options.Replay.Kind, options.Replay.DeviceId));
        Assert.Equal([KeyValuePair.Create("a", "b"), KeyValuePair.Create("x=y", "")], options.Replay.Map);
    }

    [Theory]
    [InlineData("no 'blizzard'", "--scenario", "blizzard")]
    [InlineData("at least one", "--scenario", "replay")]
    [InlineData("not for calm", "a.csv")]
    [InlineData("--devices", "--devices", "0")]
    [InlineData("--rate", "--rate", "0")]
    [InlineData("--rate", "--rate", "fast")]
    [InlineData("--port", "--port", "70000")]
    [InlineData("--duration", "--duration", "0s")]
    [InlineData("--duration", "--duration", "soon")]
    [InlineData("--clock-speed", "--clock-speed", "-1")]
    [InlineData("--clock-start", "--clock-start", "today")]
    [InlineData("--map", "--map", "=x")]
    public void Wrong_argument_is_one_error_that_names_it(string words, params string[] arguments) =>
        Assert.Contains(words, Assert.Single(Parse(arguments).Result.Errors).Message, StringComparison.Ordinal);

    private static SimulateOptions Read(string[] arguments)
    {
        (ParseResult result, SimulateArguments reader) = Parse(arguments);
        Assert.Empty(result.Errors);
        return reader.Read(result);
    }

    private static (ParseResult Result, SimulateArguments Reader) Parse(string[] arguments)
    {
        SimulateArguments reader = new();
        Command command = new("simulate");
        reader.AddTo(command);
        return (command.Parse(arguments), reader);
    }
}
