using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.Host.Export;

namespace Gateway.Tests.Host.Export;

/// <summary>Exports that somebody edited, cut or made to do harm: each is refused with its place, and nothing is left that looks like a data directory.</summary>
public sealed class HostileExportTests
{
    /// <summary>What is done to an export, and what the error says of it.</summary>
    private static readonly Dictionary<string, (Action<ExportRig> Edit, string[] Says)> Deeds = new(StringComparer.Ordinal)
    {
        ["file edited"] = (r => Append(r, "mode.yaml", "x"), ["mode.yaml", "bytes"]),
        ["file edited, same length"] = (r => Overwrite(r, "mode.yaml", (byte)'X'), ["mode.yaml", "SHA-256"]),
        ["file gone"] = (r => File.Delete(In(r, "mode.yaml")), ["mode.yaml", "not in the folder"]),
        ["file more"] = (r => File.WriteAllText(In(r, "evidence.exe"), ""), ["evidence.exe", "not in the list"]),
        ["file more in a folder"] = (r => File.WriteAllText(In(r, "log/x"), ""), ["log/x", "not in the list"]),
        ["link that leads round in circles"] = (r => { Directory.CreateSymbolicLink(In(r, "a"), "."); Directory.CreateSymbolicLink(In(r, "log/b"), ".."); }, ["not in the list"]),
        ["folder of its own"] = (r => Directory.CreateDirectory(In(r, "secrets")), ["secrets", "not in the list"]),
        ["manifest a link"] = (r => Link(r, "export.json"), ["holds no export.json"]),
        ["list edited"] = (r => Append(r, "files.ndjson", "\n"), ["files.ndjson", "SHA-256"]),
        ["list without its order"] = (r => r.EditList(l => l.Reverse()), ["files.ndjson", "stands behind"]),
        ["list with a file twice"] = (r => r.EditList(l => l.Insert(1, l[0])), ["files.ndjson", "stands behind"]),
        ["list without the events"] = (r => { r.EditList(l => l.RemoveAll(e => e.Contains("case-events"))); File.Delete(In(r, ExportFormat.Events)); }, ["case-events.ndjson.gz", "missing"]),
        ["path upwards"] = (r => Rename(r, "../mode.yaml"), ["files.ndjson:", "no name of a file"]),
        ["path upwards in a folder"] = (r => Rename(r, "log/../../mode.yaml"), ["files.ndjson:", "no name of a file"]),
        ["absolute path"] = (r => Rename(r, "/etc/passwd"), ["files.ndjson:", "no name of a file"]),
        ["secrets"] = (r => Rename(r, "secrets/accounts"), ["files.ndjson:", "no name of a file"]),
        ["name with a line in it"] = (r => Rename(r, "mode.yaml\n"), ["files.ndjson:", "no name of a file"]),
        ["length absurd"] = (r => r.EditEntry("mode.yaml", e => e["lengthBytes"] = long.MaxValue), ["mode.yaml", "the list says 9223372036854775807"]),
        ["length negative"] = (r => r.EditEntry("mode.yaml", e => e["lengthBytes"] = -1), ["files.ndjson:", "negative"]),
        ["link to a file"] = (r => Link(r, "mode.yaml"), ["mode.yaml", "is a link"]),
        ["link to a folder"] = (r => LinkFolder(r), ["log", "link"]),
        ["version of tomorrow"] = (r => r.EditManifest(m => m["version"] = 2), ["version 2", "newer"]),
        ["version no number"] = (r => r.EditManifest(m => m["version"] = "1"), ["version"]),
        ["other format"] = (r => r.EditManifest(m => m["format"] = "other"), ["no export"]),
        ["manifest no JSON"] = (r => File.WriteAllText(In(r, "export.json"), "{"), ["export.json", "cannot be read"]),
        ["manifest of a list"] = (r => File.WriteAllText(In(r, "export.json"), "[]"), ["export.json"]),
        ["manifest with a member more"] = (r => r.EditManifest(m => m["x"] = 1), ["export.json", "x"]),
        ["manifest huge"] = (r => File.WriteAllText(In(r, "export.json"), new string(' ', 2 << 20)), ["export.json", "bytes"]),
        ["count of events wrong"] = (r => r.EditManifest(m => m["events"] = 1), ["export.json", "events"]),
        ["count of points wrong"] = (r => r.EditManifest(m => m["points"] = 1), ["export.json", "points"]),
        ["gzip bomb"] = (Bomb, ["case-events.ndjson.gz", "unfolds to more"]),
        ["gzip cut"] = (CutGzip, ["case-events.ndjson.gz"]),
        ["line cut"] = (r => r.Write(ExportFormat.Events, r.Lines(ExportFormat.Events)[0], 1), ["case-events.ndjson.gz:1:", "cut off"]),
        ["line too long"] = (r => r.Write(ExportFormat.Cases, new string(' ', ExportFormat.LineLimitBytes + 1) + "\n", 1), ["cases.ndjson.gz:1:", "longer than"]),
        ["lines fewer than listed"] = (r => r.EditEntry(ExportFormat.Events, e => e["lines"] = 1_000_000), ["case-events.ndjson.gz", "lines"]),
        ["event edited"] = (r => r.EditLines(ExportFormat.Events, l => l[4] = l[4].Replace("\"offset\":", "\"offset\":1")), ["case-events.ndjson.gz:5:", "hash"]),
        ["event with a space more in its body"] = (r => r.EditLines(ExportFormat.Events, l => l[4] = l[4].Replace("\"body\":{", "\"body\":{ ")), ["case-events.ndjson.gz:5:", "hash"]),
        ["event removed"] = (r => r.EditLines(ExportFormat.Events, l => l.RemoveAt(4)), ["case-events.ndjson.gz:5:"]),
        ["event twice"] = (r => r.EditLines(ExportFormat.Events, l => l.Insert(4, l[3])), ["case-events.ndjson.gz:5:"]),
        ["events exchanged"] = (r => r.EditLines(ExportFormat.Events, l => (l[4], l[5]) = (l[5], l[4])), ["case-events.ndjson.gz:5:"]),
        ["sequence exchanged"] = (r => r.EditLines(ExportFormat.Events, l => l[4] = l[4].Replace("{\"sequence\":5,", "{\"sequence\":6,")), ["case-events.ndjson.gz:5:", "event 6 of all"]),
        ["sequence absurd"] = (r => r.EditLines(ExportFormat.Events, l => l[4] = l[4].Replace("{\"sequence\":5,", "{\"sequence\":99999999999999999999,")), ["case-events.ndjson.gz:5:"]),
        ["case number exchanged"] = (r => r.EditLines(ExportFormat.Events, l => l[4] = new StringBuilder(l[4]).Replace("AJ-2026", "AJ-2027", 0, 40).ToString()), ["case-events.ndjson.gz:5:", "says itself"]),
        ["case number that leads elsewhere"] = (r => r.EditLines(ExportFormat.Events, l => l[0] = l[0].Replace("AJ-20260127-000001", "../../AJ-1")), ["case-events.ndjson.gz:1:", "letters, digits and hyphens"]),
        ["case number of all numbers the last"] = (r => r.EditLines(ExportFormat.Events, l => l[0] = l[0].Replace("\"number\":1,", "\"number\":9223372036854775807,")), ["case-events.ndjson.gz:1:", "number that no case has"]),
        ["time beyond all times"] = (r => r.EditLines(ExportFormat.Events, l => l[0] = System.Text.RegularExpressions.Regex.Replace(l[0], "\"occurredAt\":\"[^\"]*\"", "\"occurredAt\":9000000000000000000")), ["case-events.ndjson.gz:1:", "RFC 3339"]),
        ["status exchanged"] = (r => r.EditLines(ExportFormat.Events, l => l[0] = l[0].Replace("\"statusAfter\":\"", "\"statusAfter\":\"X")), ["case-events.ndjson.gz:1:", "brings"]),
        ["hash no hex"] = (r => r.EditLines(ExportFormat.Events, l => l[0] = l[0].Replace("\"hash\":\"", "\"hash\":\"zz")), ["case-events.ndjson.gz:1:"]),
        ["event of an unknown type"] = (r => r.EditLines(ExportFormat.Events, l => l[0] = l[0].Replace("\"type\":\"collected\"", "\"type\":\"hidden\"")), ["case-events.ndjson.gz:1:"]),
        ["event without what it is about"] = (r => r.EditLines(ExportFormat.Events, l => l[0] = l[0].Replace("\"facts\":", "\"other\":")), ["case-events.ndjson.gz:1:"]),
        ["event no JSON"] = (r => r.EditLines(ExportFormat.Events, l => l[0] = "rm -rf"), ["case-events.ndjson.gz:1:"]),
        ["event deep"] = (r => r.EditLines(ExportFormat.Events, l => l[0] = new string('[', 1 << 20)), ["case-events.ndjson.gz:1:"]),
        ["last events cut off"] = (r => { r.EditLines(ExportFormat.Events, l => l.RemoveRange(l.Count - 2, 2)); r.EditManifest(m => m["events"] = (long)m["events"]! - 2); }, ["audit-checkpoints.txt:", "there is none"]),
        ["case edited"] = (r => r.EditLines(ExportFormat.Cases, l => l[1] = l[1].Replace("\"occurrences\":", "\"occurrences\":1")), ["cases.ndjson.gz:2:", "occurrences"]),
        ["case number edited"] = (r => r.EditLines(ExportFormat.Cases, l => l[1] = l[1].Replace("{\"number\":2", "{\"number\":20")), ["cases.ndjson.gz:2:", "number"]),
        ["case removed"] = (r => r.EditLines(ExportFormat.Cases, l => l.RemoveAt(l.Count - 1)), ["cases.ndjson.gz", "missing"]),
        ["case invented"] = (r => r.EditLines(ExportFormat.Cases, l => l.Add(l[0])), ["cases.ndjson.gz:", "no events"]),
        ["checkpoint edited"] = (r => Text(r, "audit-checkpoints.txt", t => t.Replace("root=", "root=0")), ["forged"]),
        ["checkpoint removed"] = (r => Text(r, "audit-checkpoints.txt", t => t[(t.IndexOf('\n') + 1)..]), ["audit-checkpoints.txt:1:", "without gaps"]),
        ["checkpoint no line"] = (r => Text(r, "audit-checkpoints.txt", _ => "x\n"), ["audit-checkpoints.txt:1:"]),
        ["keys of another"] = (r => Text(r, "audit-keys.pem", _ => System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256).ExportSubjectPublicKeyInfoPem()), ["forged"]),
        ["keys no PEM"] = (r => Text(r, "audit-keys.pem", _ => "-----BEGIN NOTHING-----"), ["audit-keys.pem", "no public key"]),
        ["a private key among the keys"] = (r => Text(r, "audit-keys.pem", _ => System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256).ExportPkcs8PrivateKeyPem()), ["audit-keys.pem", "no public key"]),
        ["partition with another place"] = (r => r.EditLines(ExportFormat.Partitions, l => l[0] = l[0].Replace("\"checkpointOffset\":", "\"checkpointOffset\":9")), ["partitions.ndjson:1:", "rule state"]),
        ["partition with another number"] = (r => r.EditLines(ExportFormat.Partitions, l => l[0] = l[0].Replace("\"lastNumber\":", "\"lastNumber\":9")), ["partitions.ndjson:1:", "highest case number"]),
        ["partition ahead of every log"] = (r => Place(r, "9223372036854775807"), ["partitions.ndjson:1:", "stands at log offset"]),
        ["partition behind its events"] = (r => Place(r, "1"), ["partitions.ndjson:1:"]),
        ["place of the sealer with nothing in it"] = (r => Text(r, "evidence/place.json", _ => "{\"cursor\":0,\"since\":0,\"followed\":0,\"marks\":[null]}"), ["evidence/place.json"]),
        ["place of the sealer behind the end"] = (r => Text(r, "evidence/place.json", _ => "{\"cursor\":999999,\"since\":0,\"followed\":0,\"marks\":[]}"), ["evidence/place.json", "999999"]),
        ["marks that are none"] = (r => Text(r, "evidence/place.json", _ => "{\"cursor\":0,\"since\":0,\"followed\":0,\"marks\":[{\"offset\":1,\"bytes\":\"AAAA\"}]}"), ["evidence/place.json", "no record"]),
        ["partition twice"] = (r => r.EditLines(ExportFormat.Partitions, l => l.Add(l[0])), ["partitions.ndjson:2:"]),
        ["partition gone"] = (r => r.EditLines(ExportFormat.Partitions, l => l.Clear()), ["partitions.ndjson"]),
        ["partition time"] = (r => r.EditLines(ExportFormat.Partitions, l => l[0] = l[0].Replace("\"logTime\":\"2", "\"logTime\":\"x2")), ["partitions.ndjson:1:", "no time"]),
        ["retained twice"] = (r => r.EditLines(ExportFormat.Retained, l => l[1] = l[0]), ["retained.ndjson.gz"]),
        ["retained no base 64"] = (r => r.EditLines(ExportFormat.Retained, l => l[0] = l[0].Replace("\"payload\":\"", "\"payload\":\"!")), ["retained.ndjson.gz:1:"]),
        ["retained without a topic"] = (r => r.EditLines(ExportFormat.Retained, l => l[0] = "{\"qos\":1,\"properties\":\"\",\"payload\":\"AA==\"}"), ["retained.ndjson.gz:1:"]),
        ["shadow alert twice"] = (r => r.EditLines(ExportFormat.Shadow, l => l[1] = l[0]), ["shadow-alerts.ndjson.gz"]),
        ["shadow alert of nothing"] = (r => r.EditLines(ExportFormat.Shadow, l => l[0] = "{}"), ["shadow-alerts.ndjson.gz:1:"]),
        ["sample of another time"] = (r => r.EditLines(ExportFormat.Series, l => (l[2], l[3]) = (l[3], l[2])), ["series.ndjson.gz:4:", "behind"]),
        ["sample twice"] = (r => r.EditLines(ExportFormat.Series, l => l[3] = l[2]), ["series.ndjson.gz:4:", "behind"]),
        ["sample that is no number"] = (r => r.EditLines(ExportFormat.Series, l => l[3] = l[3][..l[3].LastIndexOf(':')] + ":\"NaN\"}"), ["series.ndjson.gz:4:", "no sample"]),
        ["sample of a device with a long name"] = (r => r.EditLines(ExportFormat.Series, l => l[0] = l[0].Replace("\"device\":\"", "\"device\":\"" + new string('A', 5000))), ["series.ndjson.gz:1:", "bytes"]),
        ["webhooks no JSON"] = (r => Text(r, "webhooks.json", _ => "{\"lastLetter\":1}"), ["webhooks.json"]),
        ["webhooks with nothing in them"] = (r => Text(r, "webhooks.json", _ => "{\"lastLetter\":1,\"receivers\":[null],\"letters\":[]}"), ["webhooks.json"]),
        ["webhooks with the last of all numbers"] = (r => Text(r, "webhooks.json", t => System.Text.RegularExpressions.Regex.Replace(t, "\"lastLetter\": *[0-9]+", "\"lastLetter\": 9223372036854775807")), ["webhooks.json"]),
        ["webhooks with a time beyond all times"] = (r => Text(r, "webhooks.json", t => System.Text.RegularExpressions.Regex.Replace(t, "\"at\": *[0-9]+", "\"at\": 9000000000000000000")), ["webhooks.json"]),
        ["webhooks twice"] = (r => Text(r, "webhooks.json", t => Twice(t, "receivers")), ["webhooks.json", "twice"]),
        ["sessions of nobody"] = (r => Bytes(r, "sessions.bin", b => [.. b.Select((x, i) => i == 4 ? (byte)(x ^ 1) : x)]), ["sessions.bin", "checksum"]),
        ["sessions with two thousand million of them"] = (r => Bytes(r, "sessions.bin", ManySessions), ["sessions.bin", "count"]),
        ["log that is none"] = (r => Bytes(r, Segment(r), b => [.. b.Select((x, i) => i == 0 ? (byte)'X' : x)]), ["log/", "no segment"]),
    };

    public static TheoryData<string> Names => [.. Deeds.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Export_that_is_not_as_it_was_made_is_refused_with_its_place(string deed)
    {
        using ExportRig rig = new ExportRig().Filled(3, steps: 150);
        rig.Export();
        (Action<ExportRig> edit, string[] says) = Deeds[deed];
        edit(rig);
        Exception refused = Assert.ThrowsAny<Exception>(() => rig.Import(rig.File("other")));
        Assert.True(refused is ExportException or InvalidDataException, refused.ToString());
        Assert.All(says, s => Assert.Contains(s, refused.Message, StringComparison.Ordinal));
        Assert.False(Path.Exists(rig.File("other")) || Path.Exists(rig.File("other.partial")));
    }

    [Fact]
    public void Snapshot_that_unfolds_without_end_is_refused_before_it_is_read()
    {
        using ExportRig rig = new ExportRig().Filled(3, steps: 40);
        Directory.CreateDirectory(Path.Combine(rig.Data, "snapshots"));
        using (GZipStream zip = new(File.Create(Path.Combine(rig.Data, "snapshots", new string('a', 64) + ".json.gz")), CompressionLevel.Fastest))
        {
            byte[] blank = new byte[1 << 20];
            Array.Fill(blank, (byte)' ');
            for (long length = 0; length <= ExportFormat.SnapshotLimitBytes; length += blank.Length)
            {
                zip.Write(blank);
            }
        }

        // A gateway that has such a one is told when it exports, not on the day of the import.
        Assert.Contains("unfolds to more", Assert.Throws<ExportException>(() => rig.Export()).Message, StringComparison.Ordinal);

        string name = "snapshots/" + new string('a', 64) + ".json.gz";
        byte[] bomb = File.ReadAllBytes(Path.Combine(rig.Data, name));
        File.Delete(Path.Combine(rig.Data, name));
        rig.Export();
        Directory.CreateDirectory(In(rig, "snapshots"));
        File.WriteAllBytes(In(rig, name), bomb);
        rig.EditList(l => l.Insert(l.Count - 1, new JsonObject
        {
            ["name"] = name,
            ["lengthBytes"] = bomb.Length,
            ["sha256"] = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bomb)),
        }.ToJsonString()));
        Assert.Contains("unfolds to more", Assert.Throws<ExportException>(() => rig.Import(rig.File("other"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folder_that_is_not_empty_is_left_as_it_is()
    {
        using ExportRig rig = new ExportRig().Filled(3, steps: 40);
        rig.Export();
        Directory.CreateDirectory(rig.File("full"));
        File.WriteAllText(Path.Combine(rig.File("full"), "mine"), "");
        Assert.False(Assert.Throws<ExportException>(() => rig.Import(rig.File("full"))).IsFinding);
        Assert.False(Assert.Throws<ExportException>(() => rig.Export(folder: rig.File("full"))).IsFinding);
        Assert.False(Assert.Throws<ExportException>(() => rig.Export(folder: Path.Combine(rig.Data, "export"))).IsFinding);
        Assert.Equal(["mine"], ExportRig.Files(rig.File("full")).Keys);
        Directory.CreateDirectory(rig.File("empty"));
        rig.Import(rig.File("empty"));
        Assert.True(File.Exists(Path.Combine(rig.File("empty"), "cases.db")));
    }

    private static string In(ExportRig rig, string name) => Path.Combine(rig.Folder, name);

    private static void Append(ExportRig rig, string name, string text) => File.AppendAllText(In(rig, name), text);

    private static void Overwrite(ExportRig rig, string name, byte first)
    {
        byte[] bytes = File.ReadAllBytes(In(rig, name));
        bytes[0] = first;
        File.WriteAllBytes(In(rig, name), bytes);
    }

    private static void Rename(ExportRig rig, string name) => rig.EditEntry("mode.yaml", e => e["name"] = name);

    private static void Text(ExportRig rig, string name, Func<string, string> edit) => rig.Write(name, edit(File.ReadAllText(In(rig, name))), null);

    private static void Bytes(ExportRig rig, string name, Func<byte[], byte[]> edit)
    {
        byte[] bytes = edit(File.ReadAllBytes(In(rig, name)));
        File.WriteAllBytes(In(rig, name), bytes);
        rig.EditEntry(name, e => (e["lengthBytes"], e["sha256"]) = (bytes.Length, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes))));
    }

    private static void Place(ExportRig rig, string offset) =>
        rig.EditLines(ExportFormat.Partitions, l => l[0] = System.Text.RegularExpressions.Regex.Replace(l[0], "\"nextOffset\":[0-9]+", $"\"nextOffset\":{offset}"));

    private static string Segment(ExportRig rig) => "log/" + Path.GetFileName(Directory.GetFiles(In(rig, "log"))[0]);

    private static void Link(ExportRig rig, string name)
    {
        File.Move(In(rig, name), rig.File("elsewhere"));
        File.CreateSymbolicLink(In(rig, name), rig.File("elsewhere"));
    }

    private static void LinkFolder(ExportRig rig)
    {
        Directory.Move(In(rig, "log"), rig.File("elsewhere"));
        Directory.CreateSymbolicLink(In(rig, "log"), rig.File("elsewhere"));
    }

    // A thousand times as much in it as the list says.
    private static void Bomb(ExportRig rig)
    {
        int length = string.Concat(rig.Lines(ExportFormat.Events)).Length;
        rig.Write(ExportFormat.Events, new string('\n', 64 << 20), 64 << 20);
        rig.EditEntry(ExportFormat.Events, e => e["textLengthBytes"] = length);
        rig.EditEntry(ExportFormat.Events, e => e["lines"] = 1);
        rig.EditLines(ExportFormat.Cases, _ => { });
        byte[] head = new byte[] { (byte)'{' };
        using MemoryStream stream = new();
        using (GZipStream zip = new(stream, CompressionLevel.Fastest, leaveOpen: true))
        {
            zip.Write(head);
            zip.Write(new byte[64 << 20]);
        }

        Bytes(rig, ExportFormat.Events, _ => stream.ToArray());
    }

    private static void CutGzip(ExportRig rig) => Bytes(rig, ExportFormat.Events, b => b[..(b.Length / 2)]);

    private static string Twice(string json, string member)
    {
        JsonNode root = JsonNode.Parse(json)!;
        JsonArray list = root[member]!.AsArray();
        list.Add(list[0]!.DeepClone());
        return root.ToJsonString();
    }

    private static byte[] ManySessions(byte[] bytes)
    {
        byte[] body = bytes[..^32];
        BitConverter.TryWriteBytes(body.AsSpan(14), int.MaxValue); // behind magic, version and offset
        return [.. body, .. System.Security.Cryptography.SHA256.HashData(body)];
    }
}
