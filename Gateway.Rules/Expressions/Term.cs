using System.Globalization;
using Gateway.Protocols.Devices;
using Gateway.Rules.Functions;

namespace Gateway.Rules.Expressions;

/// <summary>A checked expression that has a value: a number, a boolean (1, 0) or the position of an enumeration's text. Immutable.</summary>
public abstract record Term
{
    /// <summary>Columns of the profile it reads, bit c for column c.</summary>
    public abstract ulong Columns { get; }

    /// <summary>Its value on a row; NaN when a value it needs is not known.</summary>
    /// <param name="row">Value by column, NaN for not known.</param>
    public abstract double Evaluate(Func<int, double> row);

    /// <summary>The term in a form that is equal exactly for equal meaning, whatever the spacing and the digits as written.</summary>
    public abstract string Canonical { get; }

    /// <summary>Terms in it that depend on earlier readings too, those first that others read.</summary>
    public virtual IEnumerable<HistoryTerm> Histories => [];

    /// <summary>Calendars in it.</summary>
    public virtual IEnumerable<DuringTerm> Calendars => [];

    /// <summary>The term for people, with the values it reads: <c>water_level 0.42 m</c>.</summary>
    public abstract string Describe(Func<int, double> row);
}

/// <summary>A constant; <paramref name="Text"/> is how the operator wrote it.</summary>
public sealed record ConstantTerm(double Value, string Text) : Term
{
    /// <inheritdoc />
    public override ulong Columns => 0;

    /// <inheritdoc />
    public override double Evaluate(Func<int, double> row) => Value;

    /// <inheritdoc />
    public override string Canonical => Value.ToString("R", CultureInfo.InvariantCulture);

    /// <inheritdoc />
    public override string Describe(Func<int, double> row) => Text;
}

/// <summary>A field of the profile.</summary>
public sealed record FieldTerm(int Column, FieldDefinition Field) : Term
{
    /// <inheritdoc />
    public override ulong Columns => 1UL << Column;

    /// <inheritdoc />
    public override double Evaluate(Func<int, double> row) => row(Column);

    // The column is left out: a field that moves to another place in the profile means the same.
    /// <inheritdoc />
    public override string Canonical => Field.Type == FieldType.Enumeration
        ? $"{Field.Name}:{Field.Type}[{string.Join('|', Field.Values)}]"
        : $"{Field.Name}:{Field.Type}";

    /// <inheritdoc />
    public override string Describe(Func<int, double> row) => $"{Field.Name} {ValueText.Format(Field, row(Column))}";
}

/// <summary>The negative of a number.</summary>
public sealed record NegativeTerm(Term Operand) : Term
{
    /// <inheritdoc />
    public override ulong Columns => Operand.Columns;

    /// <inheritdoc />
    public override double Evaluate(Func<int, double> row) => -Operand.Evaluate(row);

    /// <inheritdoc />
    public override IEnumerable<HistoryTerm> Histories => Operand.Histories;

    /// <inheritdoc />
    public override IEnumerable<DuringTerm> Calendars => Operand.Calendars;

    /// <inheritdoc />
    public override string Canonical => $"(- {Operand.Canonical})";

    /// <inheritdoc />
    public override string Describe(Func<int, double> row) => $"-({Operand.Describe(row)})";
}

/// <summary>Arithmetic on two numbers; division by zero is not known.</summary>
public sealed record ArithmeticTerm(ArithmeticOperator Operator, Term Left, Term Right) : Term
{
    /// <inheritdoc />
    public override ulong Columns => Left.Columns | Right.Columns;

    /// <inheritdoc />
    public override IEnumerable<HistoryTerm> Histories => Left.Histories.Concat(Right.Histories);

    /// <inheritdoc />
    public override IEnumerable<DuringTerm> Calendars => Left.Calendars.Concat(Right.Calendars);

    /// <inheritdoc />
    public override double Evaluate(Func<int, double> row)
    {
        double left = Left.Evaluate(row);
        double right = Right.Evaluate(row);
        return Operator switch
        {
            ArithmeticOperator.Add => left + right,
            ArithmeticOperator.Subtract => left - right,
            ArithmeticOperator.Multiply => left * right,
            _ => right == 0 ? double.NaN : left / right,
        };
    }

    /// <inheritdoc />
    public override string Canonical => $"({Operator.Text()} {Left.Canonical} {Right.Canonical})";

    /// <inheritdoc />
    public override string Describe(Func<int, double> row) => $"({Left.Describe(row)} {Operator.Text()} {Right.Describe(row)})";
}
