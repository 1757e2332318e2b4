using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;

namespace Gateway.Tests.Rules.Cases;

public sealed class CaseFoldTests
{
    [Fact]
    public void Events_and_case_read_back_as_they_were_written()
    {
        CaseDriver drive = EveryEvent();

        Assert.All(drive.Events, e => Assert.Equal(CaseWorld.Json(e), CaseWorld.Json(Read(e))));
        Assert.Equal(CaseWorld.Json(drive.Case), CaseWorld.Json(Case.Fold(drive.Events.Select(Read))));
        Case? read = JsonSerializer.Deserialize(CaseWorld.Json(drive.Case), CaseJsonContext.Readable.Case);
        Assert.Equal(CaseWorld.Json(drive.Case), CaseWorld.Json(read));
    }

    // What was stored before a member was added reads as if it had its default.
    [Fact]
    public void Stored_form_of_before_reads()
    {
        CaseDriver drive = CaseDriver.New().ToClosed();
        drive.Advance(60 * 24);
        string[] added =
        [
            "party", "limit", "unit", "calendar", "pausedAt", "acceptUnit", "resolveUnit", "verifyUnit", "request", "deferredUntil", "deferrals", "extensions", "whistles",
            "mergedInto", "members", "reports", "reportCount", "score", "report", "noPosition", "campaign",
            "inARow", "returnsInARow", "partyAlone", "keepsName", "keepsNames", "together", "gathered", "stormReopenWithin", "handlers", "supervisors",
        ];
        foreach (CaseEvent e in drive.Events)
        {
            CaseEvent read = JsonSerializer.Deserialize(Without(CaseWorld.Json(e), added), CaseJsonContext.Readable.CaseEvent)!;
            Assert.NotEqual("", read.Summary);
        }

        CaseDriver open = CaseDriver.New();
        open.Alert(0, AlertTransitionKind.Firing);
        Case before = JsonSerializer.Deserialize(Without(CaseWorld.Json(open.Case), added), CaseJsonContext.Readable.Case)!;
        Assert.Equal(Without(CaseWorld.Json(open.Case), added), Without(CaseWorld.Json(before), added));
        CaseDriver later = new(new CaseBook(CaseWorld.Settings, 1, [before]));
        Assert.Null(later.Command(1, CaseCommandKind.Whistle, to: "fire"));
        Assert.Null(later.Command(2, CaseCommandKind.Accept));
        Assert.Null(later.Ask(3, CaseCommandKind.Defer, 60));
        Assert.Null(later.Command(4, CaseCommandKind.Approve, "wang"));
        later.Advance(61);
        Assert.Equal(CaseWorld.At(240 + 56), later.Case.Clocks.Single(k => k.Kind == ClockKind.Resolve).DueAt);
    }

    private static string Without(string json, string[] members)
    {
        JsonNode node = JsonNode.Parse(json)!;
        Strip(node, members);
        return node.ToJsonString();
    }

    private static void Strip(JsonNode? node, string[] members)
    {
        if (node is JsonObject o)
        {
            Array.ForEach(members, m => o.Remove(m));
        }

        foreach (JsonNode? inner in node is JsonObject parent ? parent.Select(p => p.Value) : node is JsonArray array ? array : [])
        {
            Strip(inner, members);
        }
    }

    [Fact]
    public void Stored_form_of_every_event_kind_is_tried()
    {
        string[] kinds = [.. typeof(CaseEvent).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(CaseEvent))).Select(t => t.Name).Order()];
        string[] seen = [.. EveryEvent(andVoid: true).Types().Distinct().Order()];

        Assert.Equal(kinds, seen);
    }

    [Fact]
    public void Every_event_kind_leads_from_where_the_table_says_to_where_it_says()
    {
        Assert.Empty(CaseStepTable.WithoutRow);
        Assert.All(EveryEvent(andVoid: true).Events.GroupBy(e => e.CaseNo), CaseStepTable.Check);
    }

    [Fact]
    public void Event_out_of_order_is_not_folded()
    {
        CaseDriver drive = CaseDriver.New().ToVerifying();
        IReadOnlyList<CaseEvent> events = drive.Events;

        Assert.Throws<InvalidOperationException>(() => Case.Fold(events.Skip(1)));
        Assert.Throws<InvalidOperationException>(() => Case.Fold([events[0], events[2]]));
        Assert.Throws<InvalidOperationException>(() => Case.Apply(drive.Case, events[^1]));
        Assert.Throws<InvalidOperationException>(() => Case.Apply(drive.Case, new CaseFiled("") { CaseNo = "AJ-1", Sequence = drive.Case.Sequence + 1 }));
    }

    [Fact]
    public void Every_event_has_a_line_for_people() =>
        Assert.All(EveryEvent(andVoid: true).Events, e => Assert.NotEqual("", e.Summary));

    private static CaseEvent Read(CaseEvent e) => JsonSerializer.Deserialize(CaseWorld.Json(e), CaseJsonContext.Readable.CaseEvent)!;

    /// <summary>One case that meets every kind of event but voiding; a voided and an unowned one besides when asked.</summary>
    private static CaseDriver EveryEvent(bool andVoid = false)
    {
        CaseDriver drive = CaseDriver.New().ToVerifying();
        drive.Command(21, CaseCommandKind.Comment);
        drive.Command(22, CaseCommandKind.Reject, "wang");
        drive.Command(23, CaseCommandKind.Return, to: "street");
        drive.Alert(24, AlertTransitionKind.Pending);
        drive.Alert(25, AlertTransitionKind.Firing);
        drive.Alert(26, AlertTransitionKind.Raised, severity: AlertSeverity.Critical);
        drive.Alert(27, AlertTransitionKind.Resolved);
        drive.Advance(100);
        drive.Command(101, CaseCommandKind.Accept);
        drive.Command(101.1, CaseCommandKind.Supervise, "wang");
        drive.Command(101.2, CaseCommandKind.Whistle, to: "fire");
        drive.Command(101.3, CaseCommandKind.Arrive);
        drive.Ask(101.4, CaseCommandKind.Defer, 101.6);
        drive.Command(101.5, CaseCommandKind.Deny, "wang");
        drive.Ask(101.5, CaseCommandKind.Extend, 500);
        drive.Command(101.5, CaseCommandKind.Approve, "wang");
        drive.Ask(101.6, CaseCommandKind.Defer, 101.8);
        drive.Command(101.7, CaseCommandKind.Approve, "wang");
        drive.Book.Handle(CaseWorld.Intake("330102001001G01", "flood.underpass"), CaseWorld.At(101.9), 14, drive.Changes);
        drive.Command(102, CaseCommandKind.Report);
        drive.Reading(110);
        drive.Command(111, CaseCommandKind.Verify, "zhao"); // wang has supervised it
        drive.Book.Handle(CaseWorld.Command(drive.Case.CaseNo, CaseCommandKind.Evaluate, "wang") with { Score = 5 }, CaseWorld.At(111.5), 15, drive.Changes);
        drive.Book.Handle(CaseWorld.Command(drive.Case.CaseNo, CaseCommandKind.Rate, CaseCommand.PublicActor) with { Score = 4 }, CaseWorld.At(111.6), 16, drive.Changes);
        drive.Alert(112, AlertTransitionKind.Firing);
        drive.Book.Handle(new EvidenceSeal(drive.Case.CaseNo, 1, new string('a', 64), 2000, 7, Reproduces: true), CaseWorld.At(112.5), 16, drive.Changes);
        if (andVoid)
        {
            drive.Alert(113, AlertTransitionKind.Firing, rule: CaseWorld.Odd);
            drive.Command(114, CaseCommandKind.Void, caseNo: "AJ-20260127-000002");
            drive.Alert(115, AlertTransitionKind.Firing, device: 2);
            drive.Command(116, CaseCommandKind.Merge, to: "AJ-20260127-000001", caseNo: "AJ-20260127-000003");
            drive.Book.Settings = CaseWorld.Settings with { Storms = new StormSettings { Community = 2 } };
            drive.Alert(117, AlertTransitionKind.Firing, rule: CaseWorld.Latched);
            drive.Alert(118, AlertTransitionKind.Firing, device: 3, rule: CaseWorld.Latched);
        }

        return drive;
    }
}
