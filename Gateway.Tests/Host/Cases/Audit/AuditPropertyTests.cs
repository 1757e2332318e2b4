using System.Globalization;
using Gateway.Host.Cases.Audit;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;
using Gateway.Tests.Rules.Cases;
using Microsoft.Data.Sqlite;

namespace Gateway.Tests.Host.Cases.Audit;

/// <summary>Random histories, some with checkpoints and restarts in between: each is clean, and any one thing that is done to it is found.</summary>
public sealed class AuditPropertyTests
{
    private static readonly RuleDefinition[] Rules = [CaseWorld.Underpass, CaseWorld.Rising, CaseWorld.Latched, CaseWorld.Odd];

    /// <summary>Columns that the gateway writes, and a value for each that it did not.</summary>
    private static readonly (string Table, string Column, string Other)[] Columns =
    [
        ("case_events", "case_no", "'AJ-20260127-000099'"),
        ("case_events", "case_sequence", "case_sequence + 1000"),
        ("case_events", "at", "at - 1"),
        ("case_events", "body", "replace(body, '}', ' }')"), // even where it means the same
        ("audit_entries", "status_before", "status_before || 'x'"),
        ("audit_entries", "status_after", "lower(status_after)"),
        ("audit_entries", "hash", "CAST(substr(hash, 2) || substr(hash, 1, 1) AS BLOB)"),
        ("cases", "body", "replace(body, '\"occurrences\":', '\"occurrences\":1')"),
        ("cases", "status", "(status + 1) % 11"),
        ("cases", "open", "2"),
        ("cases", "key", "key || 'x'"),
        ("cases", "event", "event || 'x'"),
        ("cases", "opened_at", "opened_at + 1"),
        ("cases", "sequence", "sequence + 1"),
        ("audit_checkpoints", "line", "replace(line, 'root=', 'root=0')"),
        ("audit_checkpoints", "sequence", "sequence + 1"),
        ("audit_checkpoints", "peaks", "CAST(peaks || x'00' AS BLOB)"),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Whatever_single_thing_is_done_to_a_history_is_found(int seed)
    {
        using AuditRig rig = new();
        Random random = new(seed);
        string[] lines = Fill(rig, random);
        Assert.Empty(AuditRig.Faults(rig.Verify(lines)));

        foreach (string sql in Tamperings(rig, random))
        {
            using AuditRig copy = CopyOf(rig);
            copy.Tamper(sql);
            AuditReport report = copy.Verify(lines);
            Assert.True(report.Errors > 0, $"seed {seed}: not found: {sql}");
        }
    }

    /// <summary>A history of some hundred events; returns the lines of its checkpoints.</summary>
    private static string[] Fill(AuditRig rig, Random random)
    {
        List<string> lines = [];
        double minute = 0;
        for (int step = 0; step < 150; step++)
        {
            minute += random.NextDouble() * 6;
            Act(rig.Drive, random, minute);
            if (random.Next(3) == 0)
            {
                rig.Commit(minute);
            }

            if (step % 40 == 39)
            {
                rig.Commit(minute);
                lines.AddRange(rig.Store.SealAudit(rig.Folder) is { } made ? [made.Line] : []);
                rig.Reopen();
            }
        }

        rig.Commit(minute);
        return [.. lines];
    }

    private static void Act(CaseDriver drive, Random random, double minute)
    {
        int device = random.Next(CaseWorld.Devices.Length);
        Case[] held = [.. drive.Book.Cases.OrderBy(c => c.Number)];
        switch (random.Next(4))
        {
            case 0:
                drive.Alert(minute, (AlertTransitionKind)random.Next(8), device, Rules[random.Next(Rules.Length)]);
                break;
            case 1:
                drive.Reading(minute, CaseWorld.Devices[device].Id);
                break;
            case 2:
                drive.Advance(minute);
                break;
            default:
                if (held.Length > 0 && held[random.Next(held.Length)] is var c && CaseCommands.Legal(c).ToArray() is { Length: > 0 } legal)
                {
                    drive.Command(minute, legal[random.Next(legal.Length)], random.Next(2) == 0 ? "li" : "wang", fieldCheck: true, caseNo: c.CaseNo);
                }

                break;
        }
    }

    private static IEnumerable<string> Tamperings(AuditRig rig, Random random)
    {
        long last = rig.Store.LastSequence;
        foreach ((string table, string column, string other) in Columns)
        {
            string pick = $"SELECT rowid FROM {table} ORDER BY rowid LIMIT 1 OFFSET {random.Next(1000)} % (SELECT count(*) FROM {table})";
            yield return $"UPDATE {table} SET {column} = {other} WHERE rowid = ({pick})";
        }

        foreach (string table in new[] { "case_events", "audit_entries" })
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"DELETE FROM {table} WHERE sequence = {1 + random.NextInt64(last)}");
            yield return string.Create(CultureInfo.InvariantCulture, $"DELETE FROM {table} WHERE sequence > {last - 1 - random.Next(20)}");
        }

        for (int i = 0; i < 4; i++)
        {
            long at = 1 + random.NextInt64(last), with = 1 + ((at + random.NextInt64(last - 1)) % last);
            foreach (string tables in new[] { "case_events", "audit_entries", "case_events audit_entries" })
            {
                yield return string.Concat(tables.Split(' ').Select(t =>
                    $"UPDATE {t} SET sequence = -1 WHERE sequence = {at}; UPDATE {t} SET sequence = {at} WHERE sequence = {with}; UPDATE {t} SET sequence = {with} WHERE sequence = -1;"));
            }
        }

        yield return $"DELETE FROM case_events WHERE sequence = {1 + random.NextInt64(last)}; DELETE FROM audit_entries WHERE sequence NOT IN (SELECT sequence FROM case_events)";
        yield return "INSERT INTO case_events (case_no, case_sequence, at, body) SELECT 'AJ-20260127-000099', 1, at, replace(body, case_no, 'AJ-20260127-000099') FROM case_events WHERE sequence = 1";
        yield return $"DELETE FROM cases WHERE number = {1 + random.Next(3)}";
        yield return "DELETE FROM audit_checkpoints WHERE number = 1";
        yield return "DELETE FROM audit_checkpoints WHERE number = (SELECT max(number) FROM audit_checkpoints)";
    }

    private static AuditRig CopyOf(AuditRig rig)
    {
        AuditRig copy = new();
        copy.Store.Dispose();
        using (SqliteConnection source = StoreFaultTests.Connect(rig.Folder.CaseStore))
        {
            File.Delete(copy.Folder.CaseStore);
            StoreFaultTests.Execute(source, $"VACUUM INTO '{copy.Folder.CaseStore}'");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(copy.Folder.Key)!);
        File.Copy(rig.Folder.Key, copy.Folder.Key);
        return copy;
    }
}
