using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;

namespace Gateway.Tests.Rules.Cases;

/// <summary>The seal of a decision's evidence as an event of the case.</summary>
public sealed class EvidenceSealTests
{
    private const string CaseNo = "AJ-20260127-000001";

    private static readonly EvidenceSeal First = new(CaseNo, 1, new string('a', 64), 2000, 7, Reproduces: true);

    [Fact]
    public void Decision_is_sealed_once()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);

        Assert.Null(drive.Book.Handle(First, CaseWorld.At(1), 5, drive.Changes));
        Assert.Null(drive.Book.Handle(First with { Sha256 = new string('b', 64) }, CaseWorld.At(2), 6, drive.Changes));

        EvidenceSealed seal = Assert.Single(drive.Changes.Events.OfType<EvidenceSealed>());
        Assert.Equal((1, First.Sha256, 2000L, 7, true, CaseEvent.GatewayActor, 5L), (seal.Decision, seal.Sha256, seal.LengthBytes, seal.Records, seal.Reproduces, seal.Actor, seal.Offset));
        Assert.Equal(1, drive.Book.Find(CaseNo)!.SealedDecision);
    }

    [Fact]
    public void Seal_changes_nothing_but_the_history()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        Case before = drive.Book.Find(CaseNo)!;

        drive.Book.Handle(First, CaseWorld.At(1), 5, drive.Changes);

        Case after = drive.Book.Find(CaseNo)!;
        Assert.Equal(CaseWorld.Json(before with { Sequence = after.Sequence, UpdatedAt = after.UpdatedAt, SealedDecision = 1 }), CaseWorld.Json(after));
    }

    [Fact]
    public void Case_that_is_over_takes_its_seal_and_leaves_its_place_to_the_next()
    {
        CaseDriver drive = CaseDriver.New();
        drive.Alert(0, AlertTransitionKind.Firing);
        drive.Command(1, CaseCommandKind.Void);

        Assert.Null(drive.Book.Handle(First, CaseWorld.At(2), 5, drive.Changes));
        Assert.Single(drive.Changes.Events.OfType<EvidenceSealed>());
        drive.Alert(3, AlertTransitionKind.Resolved);
        drive.Alert(4, AlertTransitionKind.Firing);
        Assert.Equal(2, drive.Changes.Cases.Count);
    }

    [Fact]
    public void Seal_of_a_case_that_nobody_knows_is_refused()
    {
        CaseDriver drive = CaseDriver.New();

        Assert.Equal(CaseRefusalKind.UnknownCase, drive.Book.Handle(First, CaseWorld.At(1), 5, drive.Changes)?.Kind);
        Assert.Empty(drive.Changes.Events);
    }
}
