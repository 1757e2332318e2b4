using System.Text;
using System.Text.Json.Nodes;
using Gateway.Host.Cases;
using Gateway.Host.Cases.Audit;
using Gateway.Host.Export;
using Gateway.Protocols.Readings;

namespace Gateway.Tests.Host.Export;

/// <summary>
/// Exports by somebody who knows the format well: one member of one event is another, and the whole chain is made anew over it, without
/// checkpoints. Whatever it is, the import tells it, or what comes of it is a history that passes the audit; it never falls over.
/// </summary>
public sealed class RechainedExportTests
{
    private const int Deeds = 60;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Event_of_somebodys_making_is_refused_or_makes_a_history_that_passes_the_audit(int seed)
    {
        using ExportRig rig = new ExportRig().Filled(seed, steps: 80);
        rig.Export();
        rig.Write(ExportFormat.AuditLines, "", null);
        List<string> whole = rig.Lines(ExportFormat.Events);
        Random random = new(seed);
        int refused = 0;
        for (int deed = 0; deed < Deeds; deed++)
        {
            List<string> lines = [.. whole];
            int at = random.Next(lines.Count);
            JsonObject line = JsonNode.Parse(lines[at])!.AsObject();
            string before = line["body"]!.ToJsonString();
            Change(line["body"]!.AsObject(), random);
            string change = $"line {at + 1}: {before}\n{line["body"]!.ToJsonString()}";
            lines[at] = line.ToJsonString();
            Rechain(lines);
            rig.EditLines(ExportFormat.Events, l =>
            {
                l.Clear();
                l.AddRange(lines);
            });
            string data = rig.File($"data{deed}");
            try
            {
                rig.Import(data);
                AuditReport report = new AuditVerifier { CaseStore = Path.Combine(data, "cases.db") }.Run();
                Assert.True(report.Errors == 0, change);
            }
            catch (Exception e) when (e is ExportException or CaseStoreException or InvalidDataException)
            {
                refused++;
                Assert.False(Path.Exists(data) || Path.Exists(data + ".partial"), change);
            }
            catch (Exception e)
            {
                Assert.Fail($"{change}\n{e}");
            }
        }

        Assert.True(refused > Deeds / 4, $"{refused} refused");
    }

    /// <summary>One member of an object in it becomes something else, or goes.</summary>
    private static void Change(JsonObject root, Random random)
    {
        List<JsonObject> objects = [root];
        for (int i = 0; i < objects.Count; i++)
        {
            objects.AddRange(objects[i].Select(m => m.Value).OfType<JsonObject>());
            objects.AddRange(objects[i].Select(m => m.Value).OfType<JsonArray>().SelectMany(a => a).OfType<JsonObject>());
        }

        JsonObject one = objects[random.Next(objects.Count)];
        if (one.Count == 0)
        {
            return;
        }

        string name = one.ElementAt(random.Next(one.Count)).Key;
        JsonNode?[] others = [null, "", "x", -1, long.MaxValue, 1e300, new JsonArray(), new JsonArray((JsonNode?)null), new JsonObject(), true, "9999-12-31T23:59:59.999Z"];
        int pick = random.Next(others.Length + 1);
        if (pick == others.Length)
        {
            one.Remove(name);
        }
        else
        {
            one[name] = others[pick];
        }
    }

    private static void Rechain(List<string> lines)
    {
        byte[] hash = AuditEntry.Genesis.ToArray();
        for (int i = 0; i < lines.Count; i++)
        {
            JsonObject line = JsonNode.Parse(lines[i])!.AsObject();
            string body = lines[i][(lines[i].IndexOf("\"body\":", StringComparison.Ordinal) + 7)..^1];
            Assert.True(EventTime.TryParse((string)line["at"]!, out EventTime time));
            AuditEntry entry = new((long)line["sequence"]!, (string)line["caseNo"]!, (long)line["caseSequence"]!, time.UnixMilliseconds, (string)line["statusBefore"]!, (string)line["statusAfter"]!, body);
            hash = entry.Hash(hash);
            line.Remove("hash");
            lines[i] = new StringBuilder(lines[i]).Remove(0, lines[i].Length - body.Length - 1).Insert(0, Head(line, hash)).ToString();
        }
    }

    private static string Head(JsonObject line, byte[] hash) =>
        $"{{\"sequence\":{line["sequence"]},\"caseNo\":\"{line["caseNo"]}\",\"caseSequence\":{line["caseSequence"]},\"at\":\"{line["at"]}\",\"statusBefore\":\"{line["statusBefore"]}\",\"statusAfter\":\"{line["statusAfter"]}\",\"hash\":\"{Convert.ToHexStringLower(hash)}\",\"body\":";
}
