using System.Text.Json;
using Gateway.Rules.Cases;
using Gateway.Tests.Support;

namespace Gateway.Tests.Rules.Cases;

/// <summary>
/// What earlier versions stored folds to what they stored: <c>audit verify</c> holds the one against the other. The files hold the events of several
/// cases in the order they happened, and each case as that version had it after them.
/// </summary>
public sealed class StoredHistoryTests
{
    private static readonly string Fixtures = RepositoryFolder.PathOf("Gateway.Tests/Fixtures/cases");

    public static TheoryData<string> Histories => [.. Directory.GetFiles(Fixtures, "*.json").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Histories))]
    public void History_of_an_earlier_version_folds_to_what_it_stored(string file)
    {
        using JsonDocument stored = JsonDocument.Parse(File.ReadAllText(Path.Combine(Fixtures, file)));
        CaseEvent[] events = [.. stored.RootElement.GetProperty("events").EnumerateArray().Select(e => e.Deserialize(CaseJsonContext.Readable.CaseEvent)!)];
        Case[] cases = [.. stored.RootElement.GetProperty("cases").EnumerateArray().Select(c => c.Deserialize(CaseJsonContext.Readable.Case)!)];

        Assert.Equal(events.Select(e => e.CaseNo).Distinct().Order(), cases.Select(c => c.CaseNo).Order());
        Assert.All(cases, c => Assert.Equal(CaseWorld.Json(c), CaseWorld.Json(Case.Fold(events.Where(e => e.CaseNo == c.CaseNo)))));
    }
}
