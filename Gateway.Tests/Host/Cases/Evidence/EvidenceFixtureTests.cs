using Gateway.Host.Cases.Evidence;
using Gateway.Host.City;
using Gateway.Tests.Support;

namespace Gateway.Tests.Host.Cases.Evidence;

/// <summary>What earlier versions sealed is read, and still leads to what they decided.</summary>
public sealed class EvidenceFixtureTests
{
    private static readonly string Fixtures = RepositoryFolder.PathOf("Gateway.Tests/Fixtures/evidence");

    public static TheoryData<string> Bundles => [.. Directory.GetFiles(Fixtures, "*.json").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Bundles))]
    public void Bundle_of_an_earlier_version_reproduces_its_decision(string file)
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(Fixtures, file));
        EvidenceBundle bundle = EvidenceFormat.Read(bytes);

        DecisionComparison comparison = new(bundle.Events, new DecisionReplay(bundle, new CityArchive(Path.Combine(Fixtures, "snapshots")).Load).Run());

        Assert.True(bundle.Reproduces, bundle.Reason);
        Assert.True(comparison.IsEqual, comparison.Problem);
    }

    [Fact]
    public void Bundle_of_a_newer_format_is_refused_with_what_to_do()
    {
        string text = File.ReadAllText(Directory.GetFiles(Fixtures, "*.json")[0]).Replace("version 1", "version 2", StringComparison.Ordinal);

        InvalidDataException refused = Assert.Throws<InvalidDataException>(() => EvidenceFormat.Read(System.Text.Encoding.UTF8.GetBytes(text)));

        Assert.Contains("use the program that wrote it, or a newer one", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"format\":\"city sensing gateway, evidence of a decision, version 1\"}")]
    [InlineData("{\"format\":\"city sensing gateway, evidence of a decision, version 1\",\"rule\":1,\"city\":2,\"before\":3}")]
    public void What_is_no_bundle_is_told(string text) =>
        Assert.Throws<InvalidDataException>(() => EvidenceFormat.Read(System.Text.Encoding.UTF8.GetBytes(text)));
}
