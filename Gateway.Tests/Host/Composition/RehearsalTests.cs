using System.Text;
using Gateway.Host.City;
using Gateway.Host.Composition;
using Gateway.Protocols.Readings;
using Gateway.Tests.EndToEnd;
using Gateway.Tests.Support;

namespace Gateway.Tests.Host.Composition;

/// <summary>A case filed at the start that nobody else sees.</summary>
public sealed class RehearsalTests : IDisposable
{
    private static readonly EventTime Now = new(1_768_262_400_000);
    private static readonly Lazy<CitySnapshot> Sample = new(() => CitySnapshot.Read(RepositoryFolder.PathOf("Gateway.Host/city")).Snapshot!);

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Case_is_shown_as_the_stream_would_and_nothing_is_left_behind()
    {
        string shown = Encoding.UTF8.GetString(Rehearsal.Run(Sample.Value, Now, _folder.File("rehearsal"))!.Value.Span);
        Assert.Contains("id: 1\n", shown, StringComparison.Ordinal);
        Assert.Contains("AJ-20260113-000001", shown, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("rehearsal")));
    }

    [Fact]
    public void What_a_killed_start_has_left_does_not_disturb_the_next()
    {
        Directory.CreateDirectory(_folder.File("rehearsal/deep"));
        File.WriteAllText(_folder.File("rehearsal/cases.db"), "half a database");
        Assert.NotNull(Rehearsal.Run(Sample.Value, Now, _folder.File("rehearsal")));
        Assert.False(Directory.Exists(_folder.File("rehearsal")));
    }

    [Fact]
    public void City_whose_rules_file_no_case_has_nothing_to_rehearse()
    {
        CitySnapshot quiet = CitySnapshot.Create([.. Sample.Value.Files.Where(f => !f.Path.StartsWith("rules/", StringComparison.Ordinal))]).Snapshot!;
        Assert.Null(Rehearsal.Run(quiet, Now, _folder.File("rehearsal")));
    }

    [Fact]
    public async Task Start_tells_of_the_rehearsal_and_no_case_of_it_is_on_the_board()
    {
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(new GatewayProcessSettings { Variables = new Dictionary<string, string> { ["Logging__LogLevel__Gateway"] = "Debug" } });
        await ToldAsync(gateway, "rehearsed a case");
        Assert.Contains("\"cases\":[]", await gateway.Http.GetStringAsync("api/v1/cases"), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(gateway.Data, "rehearsal")));
    }

    [Fact]
    public async Task Rehearsal_that_fails_is_told_and_the_gateway_works_on()
    {
        string data = _folder.File("data");
        Directory.CreateDirectory(data);
        await File.WriteAllTextAsync(Path.Combine(data, "rehearsal"), "in the way");
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(new GatewayProcessSettings { Data = data });
        await ToldAsync(gateway, "the rehearsal of a case failed");
        await gateway.PublishLevelsAsync("FLD-000001", 0.01);
        Assert.Equal(0, await gateway.StopAsync());
    }

    private static Task ToldAsync(GatewayProcess gateway, string text) => Eventually.BecomesAsync(
        async () =>
        {
            await gateway.Http.GetStringAsync("livez");
            return gateway.Errors;
        },
        errors => errors.Contains(text, StringComparison.Ordinal),
        text);

    /// <inheritdoc />
    public void Dispose() => _folder.Dispose();
}
