using System.Globalization;
using Gateway.Protocols.Devices;
using Gateway.Rules.Calendars;

namespace Gateway.Rules.Expressions;

/// <summary>The city's mode. It changes only with the city's files, so its value is fixed when rules are compiled.</summary>
public sealed record ModeTerm(string Current, FieldDefinition Modes) : Term
{
    /// <inheritdoc />
    public override ulong Columns => 0;

    /// <inheritdoc />
    public override double Evaluate(Func<int, double> row) => Modes.Values.ToList().IndexOf(Current);

    /// <inheritdoc />
    public override string Canonical => $"mode={Current}";

    /// <inheritdoc />
    public override string Describe(Func<int, double> row) => $"mode {Current}";
}

/// <summary>Whether the hours of a calendar run. The engine keeps its value beside the devices', and judges anew when it changes.</summary>
public sealed record DuringTerm(WorkingCalendar Calendar) : Term
{
    /// <summary>Where rows have the first calendar: behind every column of a kind and of its function calls.</summary>
    public const int FirstColumn = 1 << 16;

    /// <summary>Its number among the calendars of the rule set; negative before that is put together.</summary>
    internal int Number { get; set; } = -1;

    /// <inheritdoc />
    public override ulong Columns => 0;

    /// <inheritdoc />
    public override IEnumerable<DuringTerm> Calendars => [this];

    /// <inheritdoc />
    public override double Evaluate(Func<int, double> row) => Number < 0 ? double.NaN : row(FirstColumn + Number);

    /// <inheritdoc />
    public override string Canonical => string.Create(CultureInfo.InvariantCulture, $"(during {Calendar.Meaning})");

    /// <inheritdoc />
    public override string Describe(Func<int, double> row) => Evaluate(row) switch
    {
        0 => $"not during {Calendar.Id}",
        1 => $"during {Calendar.Id}",
        _ => $"during {Calendar.Id} unknown",
    };
}
