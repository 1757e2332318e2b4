using System.Globalization;
using Gateway.Host.Cases.Audit;
using Gateway.Rules.Cases;
using Gateway.Tests.Rules.Cases;

namespace Gateway.Tests.Host.Cases.Audit;

/// <summary>What is done to a history by hand is found, and told for what it is.</summary>
public sealed class AuditTamperTests : IDisposable
{
    private const string Tail = "DELETE FROM case_events WHERE sequence > 12; DELETE FROM audit_entries WHERE sequence > 12; UPDATE sqlite_sequence SET seq = 12 WHERE name = 'case_events'";

    /// <summary>Swaps what two rows hold, by way of a third sequence and a third case sequence.</summary>
    private const string SwapEvents =
        """
        UPDATE case_events SET sequence = -1 WHERE sequence = 4;
        UPDATE case_events SET sequence = 4 WHERE sequence = 9;
        UPDATE case_events SET sequence = 9 WHERE sequence = -1;
        """;

    private readonly AuditRig _rig = new AuditRig().WithCases();

    [Fact]
    public void History_as_the_gateway_wrote_it_is_clean()
    {
        string line = _rig.Seal();
        AuditReport report = _rig.Verify([line]);

        Assert.Empty(AuditRig.Faults(report));
        Assert.Equal((_rig.Store.LastSequence, 3L, 1, 1), (report.Entries, report.Cases, report.Checkpoints, report.HandedOut));
        Assert.Equal(report.LastSequence, report.SignedUpTo);
        Assert.InRange(report.Entries, 15, 100);
    }

    [Fact]
    public void Store_without_an_event_is_clean()
    {
        using AuditRig empty = new();

        Assert.Empty(AuditRig.Faults(empty.Verify()));
        Assert.Null(empty.Store.SealAudit(empty.Folder));
        Assert.False(File.Exists(empty.Folder.Key));
    }

    [Theory]
    [InlineData("UPDATE case_events SET body = replace(body, '\"actor\":\"li\"', '\"actor\":\"mi\"') WHERE sequence = 7", "edited 7")]
    [InlineData("UPDATE case_events SET at = at + 1 WHERE sequence = 5", "edited 5")]
    [InlineData("UPDATE audit_entries SET status_after = 'Closed' WHERE sequence = 6", "edited 6")]
    [InlineData("UPDATE audit_entries SET hash = zeroblob(32) WHERE sequence = 6", "edited 6")]
    [InlineData("UPDATE audit_entries SET hash = zeroblob(32) WHERE sequence = (SELECT max(sequence) FROM audit_entries)", "edited 18")]
    [InlineData("UPDATE audit_entries SET hash = zeroblob(32) WHERE sequence IN (6, 7)", "edited 6,edited 7")]
    [InlineData("DELETE FROM case_events WHERE sequence = 8", "removed 8")]
    [InlineData("DELETE FROM audit_entries WHERE sequence = 8", "inserted 8")]
    [InlineData("DELETE FROM case_events WHERE sequence = 8; DELETE FROM audit_entries WHERE sequence = 8", "removed 8")]
    [InlineData("DELETE FROM case_events WHERE sequence = 1; DELETE FROM audit_entries WHERE sequence = 1", "removed 1")]
    [InlineData("DELETE FROM case_events WHERE sequence BETWEEN 5 AND 7; DELETE FROM audit_entries WHERE sequence BETWEEN 5 AND 7", "removed 5")]
    [InlineData("INSERT INTO case_events (case_no, case_sequence, at, body) SELECT case_no, case_sequence + 1, at, body FROM case_events ORDER BY sequence DESC LIMIT 1", "inserted 19")]
    [InlineData(SwapEvents, "reordered 4,reordered 9")]
    [InlineData(SwapEvents + "UPDATE audit_entries SET sequence = -1 WHERE sequence = 4; UPDATE audit_entries SET sequence = 4 WHERE sequence = 9; UPDATE audit_entries SET sequence = 9 WHERE sequence = -1", "reordered 4,reordered 9")]
    [InlineData("UPDATE case_events SET sequence = -1 WHERE sequence = 4; UPDATE case_events SET sequence = 4 WHERE sequence = 5; UPDATE case_events SET sequence = 5 WHERE sequence = -1; UPDATE audit_entries SET sequence = -1 WHERE sequence = 4; UPDATE audit_entries SET sequence = 4 WHERE sequence = 5; UPDATE audit_entries SET sequence = 5 WHERE sequence = -1", "reordered 4,reordered 5")]
    [InlineData("UPDATE cases SET body = replace(body, '\"reworks\":0', '\"reworks\":1') WHERE number = 2", "state differs AJ-20260127-000002")]
    [InlineData("UPDATE cases SET body = '{' WHERE number = 2", "state differs AJ-20260127-000002")]
    [InlineData("UPDATE cases SET opened_at = opened_at + 1 WHERE number = 3", "state differs AJ-20260127-000003")]
    [InlineData("UPDATE cases SET status = 9, open = 0 WHERE number = 3", "state differs AJ-20260127-000003")]
    [InlineData("DELETE FROM case_figures WHERE number = 2", "state differs AJ-20260127-000002")]
    [InlineData("UPDATE case_figures SET figures = zeroblob(56) WHERE number = 2", "state differs AJ-20260127-000002")]
    [InlineData("UPDATE case_figures SET closed_at = 1 WHERE number = 2", "state differs AJ-20260127-000002")]
    [InlineData("UPDATE case_figures SET lead = 'nobody' WHERE number = 3", "state differs AJ-20260127-000003")]
    [InlineData("UPDATE case_figures SET areas = '\"' WHERE number = 3", "state differs AJ-20260127-000003")]
    [InlineData("INSERT INTO case_figures SELECT 77, closed_at, lead, areas, figures FROM case_figures WHERE number = 1", "state differs case_figures")]
    [InlineData("DELETE FROM case_areas WHERE number = 2 AND area = (SELECT min(area) FROM case_areas)", "state differs AJ-20260127-000002")]
    [InlineData("INSERT INTO case_areas VALUES ('999', 0, 1)", "state differs case_areas")]
    [InlineData("UPDATE case_area_events SET event = 'fire.smoke' WHERE number = 2", "state differs AJ-20260127-000002")]
    [InlineData("INSERT INTO case_area_events VALUES ('999', 'fire.smoke', 0, 1)", "state differs case_area_events")]
    [InlineData("DELETE FROM cases WHERE number = 1", "removed AJ-20260127-000001")]
    [InlineData("UPDATE cases SET case_no = 'AJ-20260127-000009', number = 9 WHERE number = 3", "removed AJ-20260127-000003,inserted AJ-20260127-000009")]
    public void Tampering_is_told_for_what_it_is(string sql, string faults)
    {
        _rig.Tamper(sql);
        string[] found = AuditRig.Faults(_rig.Verify());

        // What was done to an entry may also show in its case, behind what is told of the entry itself.
        Assert.Empty(faults.Split(',').Except(found));
        Assert.DoesNotContain("unguarded", string.Join(' ', found));
    }

    [Fact]
    public void Guard_that_is_gone_is_told()
    {
        using (var connection = StoreFaultTests.Connect(_rig.Folder.CaseStore))
        {
            StoreFaultTests.Execute(connection, "DROP TRIGGER case_events_no_update");
        }

        Assert.Equal(["unguarded case_events_no_update"], AuditRig.Faults(_rig.Verify()));
    }

    [Fact]
    public void Event_put_in_between_with_all_behind_it_moved_on_shows_from_there_on()
    {
        _rig.Tamper(
            "UPDATE case_events SET sequence = -sequence WHERE sequence >= 10",
            "UPDATE case_events SET sequence = 1 - sequence WHERE sequence < 0",
            "INSERT INTO case_events (sequence, case_no, case_sequence, at, body) SELECT 10, case_no, 90, at, body FROM case_events WHERE sequence = 1");

        string[] found = AuditRig.Faults(_rig.Verify());
        Assert.Contains("edited 10", found);
        Assert.Contains("inserted 19", found);
    }

    [Fact]
    public void End_that_is_cut_off_is_found_by_the_sequence_that_SQLite_keeps()
    {
        _rig.Tamper("DELETE FROM case_events WHERE sequence > 12; DELETE FROM audit_entries WHERE sequence > 12");

        Assert.Contains("removed 13", AuditRig.Faults(_rig.Verify()));
    }

    [Fact]
    public void End_cut_off_without_a_trace_is_found_by_the_line_that_was_handed_out()
    {
        string line = _rig.Seal();
        string[] whole = [.. StatesOf("DELETE FROM audit_checkpoints; " + Tail)];
        _rig.Tamper(whole);
        Assert.Empty(AuditRig.Faults(_rig.Verify()));

        Assert.Equal(["removed kept.txt:1", "removed kept.txt:1"], AuditRig.Faults(_rig.Verify([line])));
    }

    [Fact]
    public void Chain_made_anew_over_an_edited_history_is_found_by_the_line_that_was_handed_out()
    {
        string line = _rig.Seal();
        _rig.Tamper("UPDATE case_events SET body = replace(body, '\"reason\":\"because\"', '\"reason\":\"so what\"') WHERE sequence > 6");
        _rig.Rechain();
        Assert.Empty(AuditRig.Faults(_rig.Verify()));

        Assert.Equal(["removed kept.txt:1", "rewritten kept.txt:1"], AuditRig.Faults(_rig.Verify([line])));
        Assert.NotEqual(line, _rig.Seal());
        Assert.Equal(["forged kept.txt:1", "rewritten kept.txt:1"], AuditRig.Faults(_rig.Verify([line])));
    }

    [Fact]
    public void History_rewritten_and_signed_with_another_key_is_found_by_the_key_that_was_handed_out()
    {
        _rig.Seal();
        string given = Path.Combine(_rig.Data, "given.pem");
        using (AuditKey key = AuditKey.Read(_rig.Folder.Key))
        {
            File.WriteAllText(given, key.PublicPem);
        }

        _rig.Tamper("UPDATE case_events SET body = replace(body, '\"reason\":\"because\"', '\"reason\":\"so what\"') WHERE sequence > 6");
        _rig.Rechain();
        File.Delete(_rig.Folder.Key);
        _rig.Seal();
        Assert.Empty(AuditRig.Faults(_rig.Verify()));

        Assert.Equal(["forged checkpoint 1"], AuditRig.Faults(_rig.Verify(key: given)));
    }

    [Theory]
    [InlineData("UPDATE audit_checkpoints SET line = replace(line, 'entries=', 'entries=1') WHERE number = 1", "forged checkpoint 1")]
    [InlineData("UPDATE audit_checkpoints SET line = replace(line, 'case-audit-1', 'case-audit-2') WHERE number = 1", "forged checkpoint 1")]
    [InlineData("UPDATE audit_checkpoints SET line = line || 'AA' WHERE number = 1", "forged checkpoint 1")]
    [InlineData("UPDATE audit_checkpoints SET peaks = zeroblob(length(peaks)) WHERE number = 2", "edited checkpoint 2")]
    [InlineData("UPDATE audit_checkpoints SET sequence = 3 WHERE number = 1", "edited checkpoint 1")]
    [InlineData("DELETE FROM audit_checkpoints WHERE number = 1", "removed checkpoint 1")]
    [InlineData("DELETE FROM audit_checkpoints WHERE number = 2", "removed kept.txt:2")]
    public void Checkpoint_that_was_tampered_with_is_told(string sql, string fault)
    {
        string[] lines = [_rig.Seal(), SealMore()];
        Assert.Empty(AuditRig.Faults(_rig.Verify(lines)));
        _rig.Tamper(sql);

        Assert.Contains(fault, AuditRig.Faults(_rig.Verify(lines)));
    }

    [Theory]
    [InlineData("root=", "root=0")]
    [InlineData("time=2026-01-27", "time=2026-01-28")]
    [InlineData("case-audit-1 ", "")]
    public void Line_of_a_second_party_that_was_edited_is_told(string from, string to)
    {
        string line = _rig.Seal();

        Assert.Contains("forged kept.txt:2", AuditRig.Faults(_rig.Verify([line, line.Replace(from, to, StringComparison.Ordinal)])));
    }

    [Fact]
    public void Without_the_key_the_chain_is_checked_all_the_same()
    {
        _rig.Seal();
        File.Delete(_rig.Folder.Key);
        AuditReport report = _rig.Verify();

        Assert.Equal(["forged key"], AuditRig.Faults(report));
        Assert.Equal((_rig.Store.LastSequence, 0L), (report.Entries, report.SignedUpTo));
    }

    public void Dispose() => _rig.Dispose();

    private string SealMore()
    {
        _rig.Drive.Command(40, CaseCommandKind.Comment, caseNo: AuditRig.Second);
        _rig.Commit(40);
        return _rig.Seal();
    }

    /// <summary>Statements that cut the history and set every case back to what is left of it.</summary>
    private IEnumerable<string> StatesOf(string cut)
    {
        yield return cut;
        foreach (string no in new[] { AuditRig.First, AuditRig.Second, "AJ-20260127-000003" })
        {
            Case? c = Case.Fold(_rig.Store.History(no).Where(e => Kept(no, e)));
            yield return c is null
                ? $"DELETE FROM cases WHERE case_no = '{no}'; DELETE FROM case_figures WHERE number = {Number(no)}; DELETE FROM case_areas WHERE number = {Number(no)}; DELETE FROM case_area_events WHERE number = {Number(no)}"
                : $"{Figures(c)}; UPDATE cases SET body = '{CaseWorld.Json(c).Replace("'", "''", StringComparison.Ordinal)}', status = {(int)c.Status}, open = {(c.IsOpen ? 1 : 0)}, sequence = {c.Sequence}, reopen_until = NULL WHERE case_no = '{no}'";
        }
    }

    private static string Number(string no) => no.Split('-')[2];

    private static string Figures(Case c) =>
        $"UPDATE case_figures SET closed_at = {c.ClosedAt?.UnixMilliseconds.ToString(CultureInfo.InvariantCulture) ?? "NULL"}, lead = '{c.Lead}', figures = x'{Convert.ToHexString(CaseFigures.Of(c).ToBytes())}' WHERE number = {c.Number}";

    private bool Kept(string no, CaseEvent e) => _rig.Store.EventsAfter(0, 12).Any(s => s.Event.CaseNo == no && s.Event.Sequence == e.Sequence);
}
