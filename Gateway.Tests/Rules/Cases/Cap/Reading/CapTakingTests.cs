using Gateway.Protocols.Readings;
using Gateway.Rules.Areas;
using Gateway.Rules.Cases;
using Gateway.Rules.Cases.Cap;
using Gateway.Rules.Cases.Cap.Reading;
using Gateway.Rules.Evaluation;

namespace Gateway.Tests.Rules.Cases.Cap.Reading;

/// <summary>What becomes of CAP messages of other systems.</summary>
public sealed class CapTakingTests
{
    private const string Own = "us@here.example";
    private static readonly EventTime Now = CaseWorld.At(60);
    private static readonly DateTimeOffset Sent = CaseWorld.At(55).ToDateTimeOffset();

    private static readonly AreaTree Areas = new("1", default,
    [
        new Area { Code = "3301", Name = "city", Level = AreaLevel.City },
        new Area { Code = "G1", Name = "grid", Level = AreaLevel.Grid, Parent = "3301", Polygon = [(120, 30), (121, 30), (121, 31), (120, 31), (120, 30)] },
    ]);

    // Two grids in a community, one in another, each of some 10 km.
    private static readonly AreaTree Units = new("1", default,
    [
        new Area { Code = "3301", Name = "city", Level = AreaLevel.City },
        new Area { Code = "C1", Name = "one", Level = AreaLevel.Community, Parent = "3301" },
        new Area { Code = "C2", Name = "two", Level = AreaLevel.Community, Parent = "3301" },
        new Area { Code = "G1", Name = "grid", Level = AreaLevel.Grid, Parent = "C1", Polygon = [(120.0, 30), (120.1, 30), (120.1, 30.1), (120.0, 30.1), (120.0, 30)] },
        new Area { Code = "G2", Name = "grid", Level = AreaLevel.Grid, Parent = "C1", Polygon = [(120.1, 30), (120.2, 30), (120.2, 30.1), (120.1, 30.1), (120.1, 30)] },
        new Area { Code = "G3", Name = "grid", Level = AreaLevel.Grid, Parent = "C2", Polygon = [(120.2, 30), (120.3, 30), (120.3, 30.1), (120.2, 30.1), (120.2, 30)] },
    ]);

    [Theory]
    [InlineData(120.05, 0.4, "G1", true)]
    [InlineData(120.05, 3, "G1", false)]
    [InlineData(120.09, 3, "C1", false)] // reaches the other grid
    [InlineData(120.15, 4, "G2", false)]
    [InlineData(120.18, 4, "3301", false)] // reaches the other community
    [InlineData(120.05, 30, "3301", false)] // reaches beyond the city
    public void Wide_shape_is_said_of_the_lowest_unit_that_holds_it(double longitude, double kilometres, string unit, bool hasPosition)
    {
        CapArea circle = new() { Description = "there", Circles = [new CapCircle(new CapPoint(30.05, longitude), kilometres)] };
        CaseIntake intake = CapTaking.Of(Alert(Info("") with { Areas = [circle] }), Own, Units, isExercise: false, Now).Intake!;
        Assert.Equal((unit, hasPosition), (intake.Area, intake.Latitude is not null));
    }

    [Fact]
    public void Alert_of_another_system_is_a_report()
    {
        CapTaking taking = Take(Alert(Info("G1")));
        Assert.Equal((CapOutcome.Taken, ""), (taking.Outcome, taking.Why));
        CaseIntake intake = taking.Intake!;
        Assert.Equal(("cap", "flood.road", "G1", AlertSeverity.Critical), (intake.Source, intake.Event, intake.Area, intake.Severity));
        Assert.Equal((EventTime.From(Sent), 32), (intake.OccurredAt, intake.ExternalId.Length));
        Assert.Equal("Road under water It is deep.", intake.Description);
        Assert.Equal(intake.ExternalId, Take(Alert(Info("G1")) with { Note = "relayed" }).Intake!.ExternalId); // the same message again
        Assert.NotEqual(intake.ExternalId, Take(Alert(Info("G1")) with { Identifier = "2" }).Intake!.ExternalId);
    }

    [Fact]
    public void Place_is_a_code_or_the_middle_of_a_shape()
    {
        CapArea circle = new() { Description = "there", Circles = [new CapCircle(new CapPoint(30.5, 120.5), 1)] };
        CapArea ring = new() { Description = "there", Polygons = [[new(30.1, 120.1), new(30.1, 120.3), new(30.3, 120.3), new(30.1, 120.1)]] };
        CapArea elsewhere = new() { Description = "there", Circles = [new CapCircle(new CapPoint(10, 10), 1)] };
        Assert.Equal("G1", Take(Alert(Info("") with { Areas = [circle] })).Intake!.Area);
        Assert.Equal("G1", Take(Alert(Info("") with { Areas = [ring] })).Intake!.Area);
        Assert.Equal(CapOutcome.Refused, Take(Alert(Info("") with { Areas = [elsewhere] })).Outcome);
        Assert.Equal(CapOutcome.Refused, Take(Alert(Info("") with { Areas = [] })).Outcome);
        Assert.Equal("3301", Take(Alert(Info("3301"))).Intake!.Area);
    }

    [Fact]
    public void What_would_loop_or_changes_nothing_is_ignored()
    {
        CapAlert alert = Alert(Info("G1"));
        Assert.All(
            new (CapAlert Alert, string Says)[]
            {
                (alert with { Sender = "US@here.example" }, "our own"),
                (alert with { References = [new CapReference(Own, "AJ-1.1", Sent)] }, "of our own"),
                (alert with { MessageType = CapMessageType.Cancel }, "Cancel"),
                (alert with { MessageType = CapMessageType.Ack }, "Ack"),
                (alert with { Status = CapStatus.Test }, "Test"),
                (alert with { Status = CapStatus.Exercise }, "Exercise"),
                (alert with { Infos = [] }, "no info"),
                (alert with { Infos = [Info("G1") with { Expires = Now.ToDateTimeOffset() }] }, "expired"),
            },
            c =>
            {
                CapTaking taking = Take(c.Alert);
                Assert.Equal((CapOutcome.Ignored, null), (taking.Outcome, taking.Intake));
                Assert.Contains(c.Says, taking.Why);
            });
        Assert.Equal(CapOutcome.Taken, CapTaking.Of(alert with { Status = CapStatus.Exercise }, Own, Areas, isExercise: true, Now).Outcome);
        Assert.Equal(CapOutcome.Ignored, CapTaking.Of(alert, Own, Areas, isExercise: true, Now).Outcome);
    }

    [Fact]
    public void Kind_comes_from_a_code_of_our_own_form_or_from_the_category()
    {
        Assert.Equal("cap.met", Take(Alert(Info("G1") with { EventCodes = [] })).Intake!.Event);
        Assert.Equal("cap.met", Take(Alert(Info("G1") with { EventCodes = [new CapValue("SAME", "FFW")] })).Intake!.Event);
        Assert.Equal("cap.met", Take(Alert(Info("G1") with { EventCodes = [new CapValue("x", "flood.<b>")] })).Intake!.Event);
    }

    private static CapTaking Take(CapAlert alert) => CapTaking.Of(alert, Own, Areas, isExercise: false, Now);

    private static CapAlert Alert(CapInfo info) => new()
    {
        Identifier = "1",
        Sender = "met@elsewhere.example",
        Sent = Sent,
        Status = CapStatus.Actual,
        MessageType = CapMessageType.Alert,
        Scope = CapScope.Public,
        Infos = [info],
    };

    private static CapInfo Info(string code) => new()
    {
        Categories = [CapCategory.Met],
        Event = "Flood",
        Urgency = CapUrgency.Immediate,
        Severity = CapSeverity.Severe,
        Certainty = CapCertainty.Observed,
        EventCodes = [new CapValue("kind", "flood.road")],
        Headline = "Road under water",
        Description = "It is deep.",
        Areas = [new CapArea { Description = "grid", Geocodes = [new CapValue("area-code", code)] }],
    };
}
