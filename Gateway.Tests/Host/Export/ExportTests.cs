using System.IO.Compression;
using System.Text.Json;
using Gateway.Host.Cases;
using Gateway.Host.Cases.Audit;
using Gateway.Host.Composition;
using Gateway.Host.Export;
using Gateway.Host.Notifications;
using Gateway.Host.Series.Embedded;
using Gateway.Rules.Cases;
using Gateway.Tests.Host.Cases;
using Gateway.Tests.Rules.Cases;
using Microsoft.Data.Sqlite;

namespace Gateway.Tests.Host.Export;

/// <summary>An export that is read back and exported again is the same, byte for byte, and what came of it is a gateway's own.</summary>
public sealed class ExportTests
{
    [Theory]
    [InlineData(1, false, 4096)]
    [InlineData(2, false, 1)] // every event a batch: also those amid a step of the case book
    [InlineData(3, true, 4096)]
    [InlineData(4, true, 1)]
    [InlineData(5, true, 7)]
    public void Random_history_is_the_same_when_it_is_exported_imported_and_exported_again(int seed, bool isStormy, int eventsPerCommit)
    {
        using ExportRig rig = new ExportRig().Filled(seed, steps: 1500, isStormy);
        ExportManifest manifest = rig.Export();
        rig.Import(rig.File("other"), eventsPerCommit: eventsPerCommit);
        rig.Export(rig.File("other"), rig.File("again"));

        Assert.Equal(ExportRig.Files(rig.Folder), ExportRig.Files(rig.File("again")));
        AuditReport before = ExportRig.Verify(rig.Data), after = ExportRig.Verify(rig.File("other"));
        Assert.Empty(after.Findings);
        Assert.Equal((before.Root, before.Entries, before.Checkpoints, manifest.Events), (after.Root, after.Entries, after.Checkpoints, after.Entries));
        Assert.True(manifest is { Events: > 500, Cases: > 10, Points: > 9000, Retained: > 5, ShadowAlerts: > 20 }, manifest.ToString());
        Assert.Equal(Stored(rig.Audit.CaseStore), Stored(Path.Combine(rig.File("other"), "cases.db")));
        using SqliteCaseStore store = SqliteCaseStore.Open(Path.Combine(rig.File("other"), "cases.db"));
        using (SqliteCaseStore original = SqliteCaseStore.Open(rig.Audit.CaseStore))
        {
            string?[] known = [.. Enumerable.Range(0, 40).Select(i => store.CaseOfReport("hotline", $"H-{i}", default))];
            Assert.Equal(Enumerable.Range(0, 40).Select(i => original.CaseOfReport("hotline", $"H-{i}", default)), known); // a report that comes again is known there too
            Assert.True(known.OfType<string>().Count() > 3, "hardly a report with a number");
        }

        foreach (Case one in store.Walk(new CaseFilter()))
        {
            Assert.Equal(CaseWorld.Json(Case.Fold(store.History(one.CaseNo))), CaseWorld.Json(one));
        }
    }

    [Fact]
    public void Imported_store_goes_on_with_the_next_event_case_letter_and_a_key_of_its_own()
    {
        using ExportRig rig = new ExportRig().Filled(6);
        rig.Export();
        string other = rig.File("other");
        rig.Import(other);
        AuditFolder folder = new(other);
        (long signed, string earlier) = (ExportRig.Verify(rig.Data).SignedUpTo, Key(folder.EarlierKeys));
        using (SqliteCaseStore old = SqliteCaseStore.Open(rig.Audit.CaseStore))
        using (SqliteCaseStore store = SqliteCaseStore.Open(folder.CaseStore))
        {
            Assert.Equal(old.Position(0), store.Position(0));
            Assert.Equal(old.LoadCheckpoint(0)!.State, store.LoadCheckpoint(0)!.State);
            CaseDriver drive = new(new CaseBook(CaseWorld.Settings, store.Position(0).LastNumber, store.LoadOpen(0)) { Stored = store.Find });
            drive.Alert(1_000_000, Gateway.Rules.Evaluation.AlertTransitionKind.Firing, rule: CaseWorld.Odd, device: 3);
            drive.Advance(2_000_000);
            CaseCommitResult result = store.Commit(StoreRig.CommitOf(drive, 1_000_000, 2_000_000));
            Assert.Equal(old.LastSequence + drive.Changes.Events.Count, result.LastSequence);
            Assert.NotNull(store.SealAudit(folder));
        }

        AuditReport report = ExportRig.Verify(other);
        Assert.Empty(report.Findings);
        Assert.Equal((signed, earlier), (report.EarlierSignedUpTo, Assert.Single(report.EarlierKeys)));
        Assert.True(report.SignedUpTo > signed);
        using OutboxStore outbox = OutboxStore.Open(Path.Combine(other, "webhooks.db"));
        outbox.GiveUp("duty", new DeadLetter(0, 6, 7, 1, CaseWorld.At(4), 9, "x"), 10);
        Assert.Equal([3L, 1L], outbox.Letters("duty", 10).Select(l => l.Id)); // 2 was given once
    }

    [Fact]
    public void Second_move_knows_the_keys_of_both_gateways_before()
    {
        using ExportRig rig = new ExportRig().Filled(7);
        rig.Export();
        rig.Import(rig.File("second"));
        AuditFolder folder = new(rig.File("second"));
        using (SqliteCaseStore store = SqliteCaseStore.Open(folder.CaseStore))
        {
            Case open = store.LoadOpen(0)[0];
            CaseDriver drive = new(new CaseBook(CaseWorld.Settings, store.Position(0).LastNumber, store.LoadOpen(0)) { Stored = store.Find });
            drive.Command(1_000_000, CaseCommandKind.Comment, caseNo: open.CaseNo);
            store.Commit(StoreRig.CommitOf(drive, 1_000_000, 1_000_000));
            store.SealAudit(folder);
        }

        rig.Export(rig.File("second"), rig.File("export2"));
        rig.Import(rig.File("third"), rig.File("export2"));
        AuditReport report = ExportRig.Verify(rig.File("third"));
        Assert.Empty(report.Findings);
        Assert.Equal(2, report.EarlierKeys.Count);
    }

    [Fact]
    public void What_an_earlier_key_signs_behind_the_gateways_own_checkpoint_is_forged()
    {
        using ExportRig rig = new ExportRig().Filled(8);
        rig.Export();
        string other = rig.File("other");
        rig.Import(other);
        AuditFolder folder = new(other);
        using (SqliteCaseStore store = SqliteCaseStore.Open(folder.CaseStore))
        {
            Comment(store, 1_000_000);
            store.SealAudit(folder);
            File.Move(folder.Key, folder.Key + ".own");
            File.Copy(rig.Audit.Key, folder.Key); // somebody who got hold of the old key
            Comment(store, 1_000_100);
            store.SealAudit(folder);
            File.Move(folder.Key + ".own", folder.Key, overwrite: true);
        }

        AuditReport report = ExportRig.Verify(other);
        Assert.Contains(report.Findings, f => f.Fault == AuditFault.Forged && f.Message.Contains("of an earlier gateway", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("UPDATE audit_checkpoints SET number = 0 WHERE number = (SELECT max(number) FROM audit_checkpoints)")]
    [InlineData("UPDATE audit_checkpoints SET number = -5 WHERE number = (SELECT max(number) FROM audit_checkpoints)")]
    public void Key_that_somebody_put_there_signs_nothing_under_a_number_before_all(string sql)
    {
        using ExportRig rig = new ExportRig().Filled(8);
        string own = rig.Audit.Key;
        long signed = ExportRig.Verify(rig.Data).SignedUpTo;
        using (SqliteCaseStore store = SqliteCaseStore.Open(rig.Audit.CaseStore))
        {
            File.Move(own, own + ".own");
            Comment(store, 1_000_000);
            store.SealAudit(rig.Audit); // with a key of his own
        }

        using (AuditKey his = AuditKey.Read(own))
        {
            File.AppendAllText(rig.Audit.EarlierKeys, his.PublicPem);
        }

        File.Move(own + ".own", own, overwrite: true);
        using (var connection = Gateway.Tests.Host.Cases.StoreFaultTests.Connect(rig.Audit.CaseStore))
        {
            Gateway.Tests.Host.Cases.StoreFaultTests.Execute(connection, "DROP TRIGGER audit_checkpoints_no_update; " + sql);
        }

        AuditReport report = ExportRig.Verify(rig.Data);
        Assert.Contains(report.Findings, f => f.Fault == AuditFault.Forged && f.Message.Contains("of an earlier gateway", StringComparison.Ordinal));
        Assert.Contains(report.Findings, f => f.Fault == AuditFault.Inserted);
        Assert.Equal(signed, report.SignedUpTo);
    }

    [Fact]
    public void History_that_comes_home_is_its_own_again_and_the_other_gateways_part_is_vouched_for_by_the_next_signature()
    {
        using ExportRig rig = new ExportRig().Filled(8);
        rig.Export();
        rig.Import(rig.File("second"));
        AuditFolder folder = new(rig.File("second"));
        using (SqliteCaseStore store = SqliteCaseStore.Open(folder.CaseStore))
        {
            Comment(store, 1_000_000);
            store.SealAudit(folder);
        }

        rig.Export(rig.File("second"), rig.File("export2"));
        rig.Import(rig.File("home"), rig.File("export2"));
        AuditFolder home = new(rig.File("home"));
        Directory.CreateDirectory(Path.GetDirectoryName(home.Key)!);
        File.Copy(rig.Audit.Key, home.Key);
        using (SqliteCaseStore store = SqliteCaseStore.Open(home.CaseStore))
        {
            Comment(store, 1_000_100);
            store.SealAudit(home);
        }

        AuditReport report = ExportRig.Verify(rig.File("home"));
        Assert.Empty(report.Findings);
        Assert.Equal(report.LastSequence, report.SignedUpTo);
        Assert.Single(report.EarlierKeys);
    }

    [Fact]
    public void Nothing_of_the_secrets_is_in_an_export_and_the_same_content_has_no_date()
    {
        using ExportRig rig = new ExportRig().Filled(9);
        string secret = Path.Combine(rig.Data, "secrets", "pseudonym.key");
        File.WriteAllText(secret, "this is a secret of thirty-two b");
        rig.Export();
        Assert.DoesNotContain(ExportRig.Files(rig.Folder).Keys, f => f.Contains("secret", StringComparison.Ordinal));
        foreach (string file in Directory.EnumerateFiles(rig.Folder, "*", SearchOption.AllDirectories))
        {
            using Stream stream = file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(File.OpenRead(file), CompressionMode.Decompress) : File.OpenRead(file);
            using StreamReader reader = new(stream, System.Text.Encoding.Latin1);
            string text = reader.ReadToEnd();
            Assert.DoesNotContain("thirty-two", text, StringComparison.Ordinal);
            Assert.DoesNotContain("PRIVATE KEY", text, StringComparison.Ordinal);
        }

        rig.Export(folder: rig.File("later"));
        Assert.Equal(ExportRig.Files(rig.Folder), ExportRig.Files(rig.File("later")));
    }

    [Fact]
    public void Export_is_refused_beside_a_running_gateway_and_leaves_nothing()
    {
        using ExportRig rig = new ExportRig().Filled(10, steps: 40);
        using DataDirectory running = DataDirectory.Open(rig.Data);
        ExportException refused = Assert.Throws<ExportException>(() => rig.Export());
        Assert.Contains("stop it", refused.Message, StringComparison.Ordinal);
        Assert.False(refused.IsFinding);
        Assert.False(Path.Exists(rig.Folder) || Path.Exists(rig.Folder + ".partial"));
    }

    [Fact]
    public void Export_of_a_history_that_was_edited_is_refused_and_leaves_nothing()
    {
        using ExportRig rig = new ExportRig().Filled(11, steps: 100);
        using (SqliteConnection connection = StoreFaultTests.Connect(rig.Audit.CaseStore))
        {
            StoreFaultTests.Execute(connection, "UPDATE cases SET body = replace(body, '\"occurrences\":', '\"occurrences\":1') WHERE number = 1");
        }

        ExportException refused = Assert.Throws<ExportException>(() => rig.Export());
        Assert.Contains("audit verify", refused.Message, StringComparison.Ordinal);
        Assert.True(refused.IsFinding);
        Assert.False(Path.Exists(rig.Folder) || Path.Exists(rig.Folder + ".partial"));
    }

    [Fact]
    public void Export_of_an_older_store_says_what_to_do()
    {
        using ExportRig rig = new();
        Directory.CreateDirectory(rig.Data);
        using (SqliteConnection connection = SqliteFile.OpenWriter(rig.Audit.CaseStore, TimeSpan.FromSeconds(1)))
        {
            SqliteSchema.Migrate(connection, rig.Audit.CaseStore, 3);
        }

        Assert.Contains("start this gateway on it once", Assert.Throws<CaseStoreException>(() => rig.Export()).Message, StringComparison.Ordinal);
        SqliteCaseStore.Open(rig.Audit.CaseStore).Dispose();
        Assert.Equal(0, rig.Export().Events);
        rig.Import(rig.File("other"));
        rig.Export(rig.File("other"), rig.File("again"));
        Assert.Equal(ExportRig.Files(rig.Folder), ExportRig.Files(rig.File("again")));
    }

    [Fact]
    public void Damaged_block_of_the_series_is_told_and_the_rest_is_exported()
    {
        using ExportRig rig = new ExportRig().Filled(12, steps: 40);
        string block = Directory.GetFiles(Path.Combine(rig.Data, "series"), "*.block")[0];
        byte[] bytes = File.ReadAllBytes(block);
        bytes[BlockFormat.HeaderLengthBytes + 5] ^= 0xFF;
        File.WriteAllBytes(block, bytes);
        GatewayExport export = new(rig.Data);
        Assert.True(export.Run(rig.Folder).Points > 0);
        Assert.True(export.IsIncomplete);
        Assert.Contains(export.Notes, n => n.Contains("damaged", StringComparison.Ordinal));
    }

    [Fact]
    public void Event_line_has_the_stored_body_and_a_case_line_what_the_api_shows()
    {
        using ExportRig rig = new ExportRig().Filled(13, steps: 60);
        rig.Export();
        using SqliteCaseStore store = SqliteCaseStore.Open(rig.Audit.CaseStore);
        SequencedEvent first = store.EventsAfter(0, 1)[0];
        Assert.Contains($",\"body\":{CaseWorld.Json(first.Event)}}}", rig.Lines(ExportFormat.Events)[0], StringComparison.Ordinal);
        JsonElement line = JsonDocument.Parse(rig.Lines(ExportFormat.Cases)[0]).RootElement;
        Assert.Equal((1, 0, first.Event.CaseNo), (line.GetProperty("number").GetInt32(), line.GetProperty("partition").GetInt32(), line.GetProperty("case").GetProperty("caseNo").GetString()));
    }

    [Fact]
    public void Every_table_of_the_case_store_is_exported_or_made_again_from_what_is()
    {
        using ExportRig rig = new ExportRig().Filled(14, steps: 20);
        using SqliteConnection connection = StoreFaultTests.Connect(rig.Audit.CaseStore);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
        List<string> tables = [];
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            tables.Add(row.GetString(0));
        }

        // A new one needs a file in the export, or is filled by SqliteCaseWriter as events come.
        Assert.Equal(
            ["audit_checkpoints", "audit_entries", "case_area_events", "case_areas", "case_events", "case_figures", "cases", "checkpoints", "partitions", "retained", "shadow_alerts"], tables);
    }

    private static void Comment(SqliteCaseStore store, double minute)
    {
        CaseDriver drive = new(new CaseBook(CaseWorld.Settings, store.Position(0).LastNumber, store.LoadOpen(0)) { Stored = store.Find });
        drive.Command(minute, CaseCommandKind.Comment, caseNo: store.LoadOpen(0)[0].CaseNo);
        store.Commit(StoreRig.CommitOf(drive, (long)minute, minute));
    }

    private static string Key(string path)
    {
        AuditKey key = Assert.Single(AuditKey.ReadPublic(path));
        using (key)
        {
            return key.Fingerprint;
        }
    }

    /// <summary>Every row of every table but those of SQLite itself, and the numbers it gives next.</summary>
    private static List<string> Stored(string path)
    {
        List<string> rows = [];
        using SqliteConnection connection = StoreFaultTests.Connect(path);
        foreach (string table in (string[])["case_events", "cases", "case_areas", "case_area_events", "case_figures", "audit_entries", "audit_checkpoints", "partitions", "checkpoints", "retained"]) // not shadow_alerts: their numbers are made anew
        {
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = $"SELECT * FROM {table}";
            using SqliteDataReader row = command.ExecuteReader();
            while (row.Read())
            {
                rows.Add(table + " " + string.Join('|', Enumerable.Range(0, row.FieldCount).Select(i => row.GetValue(i) is byte[] bytes ? Convert.ToHexString(bytes) : $"{row.GetValue(i)}")));
            }
        }

        using SqliteCommand last = connection.CreateCommand();
        last.CommandText = "SELECT seq FROM sqlite_sequence WHERE name = 'case_events'";
        return [.. rows.Order(StringComparer.Ordinal), $"{last.ExecuteScalar()}"];
    }
}
