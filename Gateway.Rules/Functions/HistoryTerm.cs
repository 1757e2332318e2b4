using System.Globalization;
using Gateway.Rules.Expressions;
using Gateway.Rules.Files;

namespace Gateway.Rules.Functions;

/// <summary>
/// A term that depends on earlier readings of the device too. The engine works its value out when a reading comes, and keeps it beside
/// the live values, as if it were a column of the kind.
/// </summary>
public abstract record HistoryTerm : Term
{
    /// <summary>Where the rows that conditions are judged on have its value: a column behind those of the profile; negative before the rule set is put together.</summary>
    internal int Column { get; set; } = -1;

    /// <summary>Terms of this kind that it reads itself, those first that others read.</summary>
    internal abstract IEnumerable<HistoryTerm> Inner { get; }

    /// <inheritdoc />
    public override IEnumerable<HistoryTerm> Histories => Inner.Append(this);

    /// <inheritdoc />
    public override double Evaluate(Func<int, double> row) => Column < 0 ? double.NaN : row(Column);

    /// <summary>A number of it as people read it.</summary>
    internal static string Number(double value) => double.IsNaN(value) ? "unknown" : value.ToString("0.######", CultureInfo.InvariantCulture);
}

/// <summary>A window function of a field.</summary>
internal sealed record WindowTerm(WindowFunction Function, FieldTerm Field, TimeSpan Window, ConstantTerm? Limit) : HistoryTerm
{
    public override ulong Columns => Field.Columns;

    public override string Canonical =>
        string.Create(CultureInfo.InvariantCulture, $"({Function.Meaning} {Field.Canonical}{(Limit is null ? "" : $" {Limit.Canonical}")} {Window.TotalMilliseconds})");

    internal override IEnumerable<HistoryTerm> Inner => [];

    public override string Describe(Func<int, double> row)
    {
        string limit = Limit is null ? "" : $"{Function.BeforeLimit}{Limit.Text}";
        return $"{Function.Name}({Field.Field.Name}{limit}, {DurationText.Format(Window)}) {Function.Show(Field.Field, Evaluate(row))}";
    }
}

/// <summary>How many of the last readings met a condition.</summary>
internal sealed record HitsTerm(Condition Condition, int Readings) : HistoryTerm
{
    /// <summary>Most readings that are looked at: one bit each.</summary>
    public const int ReadingLimit = 64;

    public override ulong Columns => Condition.Columns;

    public override string Canonical => string.Create(CultureInfo.InvariantCulture, $"(hits {Condition.Canonical} {Readings})");

    public override IEnumerable<DuringTerm> Calendars => Condition.Calendars;

    internal override IEnumerable<HistoryTerm> Inner => Condition.Histories;

    public override string Describe(Func<int, double> row) => $"hits({Condition.Describe(row)}, {Readings}) {Number(Evaluate(row))}";
}

/// <summary>One condition after another.</summary>
internal sealed record SequenceTerm(Condition First, Condition Then, TimeSpan Within) : HistoryTerm
{
    public override ulong Columns => First.Columns | Then.Columns;

    public override string Canonical => string.Create(CultureInfo.InvariantCulture, $"(sequence {First.Canonical} {Then.Canonical} {Within.TotalMilliseconds})");

    public override IEnumerable<DuringTerm> Calendars => First.Calendars.Concat(Then.Calendars);

    internal override IEnumerable<HistoryTerm> Inner => First.Histories.Concat(Then.Histories);

    public override string Describe(Func<int, double> row) => $"{Then.Describe(row)}, {DurationText.Format(Within)} or less after {First.Canonical}";
}
