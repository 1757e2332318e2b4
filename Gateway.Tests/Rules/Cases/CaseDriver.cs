using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;

namespace Gateway.Tests.Rules.Cases;

/// <summary>Drives a book by minutes since the start, and keeps what it said.</summary>
internal sealed class CaseDriver(CaseBook book)
{
    public CaseBook Book { get; set; } = book;

    public CaseChanges Changes { get; } = new();

    public IReadOnlyList<CaseEvent> Events => Changes.Events;

    public static CaseDriver New(CaseSettings? settings = null) => new(new CaseBook(settings ?? CaseWorld.Settings));

    /// <summary>The only case held.</summary>
    public Case Case => Assert.Single(Book.Cases);

    public void Alert(double minute, AlertTransitionKind kind, int device = 0, RuleDefinition? rule = null, AlertSeverity severity = AlertSeverity.Warning) =>
        Book.Handle(CaseWorld.Alert(kind, CaseWorld.At(minute), device, severity), CaseWorld.Context(rule ?? CaseWorld.Underpass, device), Changes);

    public CaseRefusal? Command(double minute, CaseCommandKind kind, string actor = "li", bool fieldCheck = false, string to = "", string? caseNo = null) =>
        Book.Handle(CaseWorld.Command(caseNo ?? Case.CaseNo, kind, actor, fieldCheck, to), CaseWorld.At(minute), 9, Changes);

    /// <summary>Asks for a deferral or an extension.</summary>
    public CaseRefusal? Ask(double minute, CaseCommandKind kind, double untilMinute, string actor = "li") =>
        Book.Handle(CaseWorld.Command(Case.CaseNo, kind, actor) with { Until = CaseWorld.At(untilMinute) }, CaseWorld.At(minute), 9, Changes);

    /// <summary>A second case, of another device, dispatched at 0.</summary>
    public static Case Other()
    {
        CaseDriver drive = new(new CaseBook(CaseWorld.Settings, lastNumber: 1));
        drive.Alert(0, AlertTransitionKind.Firing, device: 2);
        return drive.Case;
    }

    public void Reading(double minute, string device = "FLD-1") =>
        Book.Observe(device, CaseWorld.At(minute), CaseWorld.At(minute), 11, Changes);

    public void Advance(double minute) => Book.Advance(CaseWorld.At(minute), Changes);

    /// <summary>Fires at 0, is accepted at 5, clears at 10, is reported done at 20.</summary>
    public CaseDriver ToVerifying(RuleDefinition? rule = null, int device = 0)
    {
        Alert(0, AlertTransitionKind.Firing, device, rule);
        Assert.Null(Command(5, CaseCommandKind.Accept));
        Alert(10, AlertTransitionKind.Resolved, device, rule);
        Assert.Null(Command(20, CaseCommandKind.Report));
        return this;
    }

    /// <summary>As <see cref="ToVerifying"/>, with a cleared reading at 25 and closed by another at 30.</summary>
    public CaseDriver ToClosed()
    {
        ToVerifying();
        Reading(25);
        Assert.Null(Command(30, CaseCommandKind.Verify, "wang"));
        return this;
    }

    public string[] Types(int from = 0) => [.. Events.Skip(from).Select(e => e.GetType().Name)];
}
