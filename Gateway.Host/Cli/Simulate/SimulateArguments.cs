using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using Gateway.Host.Cli.Simulate.Replay;
using Gateway.Host.Cli.Simulate.Scenarios;
using Gateway.Protocols.Readings;
using Gateway.Rules.Files;

namespace Gateway.Host.Cli.Simulate;

/// <summary>The command line of <c>simulate</c>: what may be given, and what is wrong with what was.</summary>
internal sealed class SimulateArguments
{
    private const string DefaultScenario = "calm";
    private readonly Option<string> _scenario = new("--scenario") { Description = $"What happens: {string.Join(", ", ScenarioTable.Names)} FILE.csv...", DefaultValueFactory = _ => DefaultScenario };
    private readonly Argument<string[]> _files = new("files") { Description = "Recordings for --scenario replay, merged by time.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<int?> _devices = new("--devices") { Description = "How many devices; without --city they are SMK-000000, FLD-000000, ACC-000000, CAM-000000 and so on, a quarter each.", CustomParser = static r => ParseNumber(r, 1, 1_000_000) };
    private readonly Option<string?> _city = new("--city") { Description = "City folder whose devices are played (default: the sample city, unless --devices is given)." };
    private readonly Option<double> _rate = new("--rate") { Description = "Messages a second over all devices.", DefaultValueFactory = _ => 100, CustomParser = static r => ParseNumber(r, 0.001, 10_000_000.0) };
    private readonly Option<int> _seed = new("--seed") { Description = "The same seed gives the same messages.", DefaultValueFactory = _ => 1 };
    private readonly Option<TimeSpan?> _duration = new("--duration") { Description = "How long, for example 90s, 10m (default: 2m, or the whole recording).", CustomParser = ParseDuration };
    private readonly Option<string> _host = new("--host") { Description = "The gateway's host.", DefaultValueFactory = _ => "127.0.0.1" };
    private readonly Option<int> _port = new("--port") { Description = "The gateway's MQTT port.", DefaultValueFactory = _ => 1883, CustomParser = static r => ParseNumber(r, 1, ushort.MaxValue) };
    private readonly Option<EventTime?> _clockStart = new("--clock-start") { Description = "Replay at the pace of the city's clock, which shows this at the start (a gateway that says its time is followed instead).", CustomParser = ParseTime };
    private readonly Option<double?> _clockSpeed = new("--clock-speed") { Description = "How many times as fast as real time the city's clock runs.", CustomParser = static r => ParseNumber(r, 0.001, 1_000_000.0) };
    private readonly Option<string?> _kind = new("--kind") { Description = "Kind of a recording's devices, where its columns do not tell." };
    private readonly Option<string?> _device = new("--device") { Description = "Device of a recording without a device column." };
    private readonly Option<string[]> _map = new("--map") { Description = "What a column of a recording is: COLUMN=FIELD, COLUMN=time, COLUMN=device; COLUMN= leaves it out.", DefaultValueFactory = _ => [] };

    /// <summary>Gives a command these arguments and their checks.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(_files);
        Option[] options = [_scenario, _devices, _city, _rate, _seed, _duration, _host, _port, _clockStart, _clockSpeed, _kind, _device, _map];
        foreach (Option option in options)
        {
            command.Options.Add(option);
        }

        command.Validators.Add(Validate);
    }

    /// <summary>The options of a command line without errors.</summary>
    public SimulateOptions Read(ParseResult result)
    {
        (string scenario, IReadOnlyList<string> files) = SplitScenario(result.GetValue(_scenario)!, result.GetValue(_files) ?? []);
        return new SimulateOptions
        {
            Scenario = scenario,
            Files = files,
            Devices = result.GetValue(_devices),
            City = result.GetValue(_city),
            RatePerSecond = result.GetValue(_rate),
            Seed = result.GetValue(_seed),
            Duration = result.GetValue(_duration),
            Host = result.GetValue(_host)!,
            Port = result.GetValue(_port),
            ClockStart = result.GetValue(_clockStart),
            ClockSpeed = result.GetValue(_clockSpeed),
            Replay = new ReplayOptions
            {
                Kind = result.GetValue(_kind),
                DeviceId = result.GetValue(_device),
                Map = ReadMap(result.GetValue(_map) ?? []),
            },
        };
    }

    /// <summary><c>replay a.csv b.csv</c> as one word is the same as <c>replay</c> with the files behind the options.</summary>
    internal static (string Scenario, IReadOnlyList<string> Files) SplitScenario(string scenario, IReadOnlyList<string> files)
    {
        const string WithFiles = ScenarioTable.Replay + " ";
        return scenario.StartsWith(WithFiles, StringComparison.Ordinal)
            ? (ScenarioTable.Replay, [.. scenario[WithFiles.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries), .. files])
            : (scenario, files);
    }

    private void Validate(CommandResult result)
    {
        // While it validates, the parser does not give defaults: only what is written is looked at.
        (string scenario, IReadOnlyList<string> files) = SplitScenario(Given(result, _scenario, DefaultScenario), result.GetValue(_files) ?? []);
        Check(result, ScenarioTable.Names.Contains(scenario), $"--scenario: there is no '{scenario}'; there are: {string.Join(", ", ScenarioTable.Names)}");
        Check(result, scenario != ScenarioTable.Replay || files.Count > 0, "--scenario replay: name at least one CSV file");
        Check(result, scenario == ScenarioTable.Replay || files.Count == 0, $"files are for --scenario replay, not for {scenario}");
        foreach (string map in result.GetValue(_map) ?? [])
        {
            Check(result, map.LastIndexOf('=') > 0, $"--map: '{map}' is not COLUMN=FIELD");
        }
    }

    private static string Given(CommandResult result, Option<string> option, string otherwise) =>
        result.GetResult(option) is { Implicit: false } ? result.GetValue(option) ?? otherwise : otherwise;

    private static void Check(CommandResult result, bool good, string message)
    {
        if (!good)
        {
            result.AddError(message);
        }
    }

    private static Dictionary<string, string> ReadMap(string[] maps)
    {
        Dictionary<string, string> map = new(StringComparer.Ordinal);
        foreach (string text in maps)
        {
            int equals = text.LastIndexOf('=');
            map[text[..equals]] = text[(equals + 1)..];
        }

        return map;
    }

    private static T ParseNumber<T>(ArgumentResult result, T smallest, T largest)
        where T : struct, INumber<T>
    {
        string text = result.Tokens[0].Value;
        if (T.TryParse(text, CultureInfo.InvariantCulture, out T number) && number >= smallest && number <= largest)
        {
            return number;
        }

        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{((OptionResult)result.Parent!).Option.Name}: '{text}' is not a number from {smallest} to {largest}"));
        return default;
    }

    private static TimeSpan? ParseDuration(ArgumentResult result)
    {
        if (DurationText.TryParse(result.Tokens[0].Value, out TimeSpan duration) && duration > TimeSpan.Zero)
        {
            return duration;
        }

        result.AddError($"--duration: '{result.Tokens[0].Value}' is not a duration such as 90s, 10m, 1h30m");
        return null;
    }

    private static EventTime? ParseTime(ArgumentResult result)
    {
        if (EventTime.TryParse(result.Tokens[0].Value, out EventTime time))
        {
            return time;
        }

        result.AddError($"--clock-start: '{result.Tokens[0].Value}' is not a time such as 2026-01-27T06:00:00Z");
        return null;
    }
}
