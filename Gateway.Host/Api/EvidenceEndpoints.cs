using Gateway.Host.Cases;
using Gateway.Host.Cases.Evidence;
using Gateway.Rules.Cases;

namespace Gateway.Host.Api;

/// <summary>What is sealed of a case, over HTTP.</summary>
internal static class EvidenceEndpoints
{
    /// <summary>Adds the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder evidence = routes.MapGroup("/api/v1/cases/{caseNo}/evidence").WithTags("cases");
        evidence.MapGet("", List).WithSummary("What is sealed of a case: a file for each decision that opened or reopened it");
        evidence.MapGet("/{sha256}", Download).WithSummary("One sealed file, as it was sealed");
    }

    private static IResult List(ICaseStore store, string caseNo)
    {
        if (store.Find(caseNo) is null)
        {
            return Problems.NotFound($"no case {caseNo}");
        }

        EvidenceSealed[] seals = [.. store.History(caseNo).OfType<EvidenceSealed>()];
        return new WrittenJson(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("evidence");
            foreach (EvidenceSealed seal in seals)
            {
                json.WriteStartObject();
                json.WriteNumber("decision", seal.Decision);
                json.WriteString("sha256", seal.Sha256);
                json.WriteNumber("lengthBytes", seal.LengthBytes);
                json.WriteNumber("records", seal.Records);
                json.WriteBoolean("reproduces", seal.Reproduces);
                json.WriteString("sealedAt", seal.At.ToString());
                json.WriteString("url", $"/api/v1/cases/{caseNo}/evidence/{seal.Sha256}");
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static IResult Download(ICaseStore store, EvidenceFolder folder, string caseNo, string sha256)
    {
        if (store.History(caseNo).OfType<EvidenceSealed>().FirstOrDefault(s => s.Sha256 == sha256) is not { } seal)
        {
            return Problems.NotFound($"{caseNo} has no sealed evidence of this SHA-256");
        }

        byte[]? bytes = folder.Find(seal.CaseNo, seal.Decision);
        return bytes is not null && EvidenceFolder.HashOf(bytes) == seal.Sha256
            ? Results.File(bytes, "application/json", Path.GetFileName(folder.PathOf(seal.CaseNo, seal.Decision)))
            : Problems.Unavailable($"the file of event {seal.Decision} is {(bytes is null ? "gone" : "not what was sealed")}; see audit verify");
    }
}
