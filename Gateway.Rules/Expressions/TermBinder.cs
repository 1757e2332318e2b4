using System.Globalization;
using Gateway.Protocols.Devices;
using Gateway.Rules.Files;
using Gateway.Rules.Functions;

namespace Gateway.Rules.Expressions;

/// <summary>What a term's value is.</summary>
internal enum TermType : byte
{
    Number,
    Boolean,
    Enumeration,

    /// <summary>A quoted text that has not yet met the enumeration it belongs to.</summary>
    Text,
}

/// <summary>A term with its type; <paramref name="Unit"/> is null where any unit fits (a plain number) or none can be told (a product).</summary>
internal sealed record TypedTerm(Term Term, TermType Type, string? Unit, FieldDefinition? Field)
{
    /// <summary>How messages name it.</summary>
    public string Spoken => Field is not null
        ? $"{Field.Name} ({Type.ToString().ToLowerInvariant()})"
        : Type switch { TermType.Number => "a number", TermType.Boolean => "true/false", _ => "a text" };
}

/// <summary>Checks the value side of expressions: fields, constants, arithmetic, units.</summary>
internal sealed class TermBinder
{
    private const string ComparedBoolean = "compare it with true or false, or write it alone";
    private const string Mode = "mode";

    private readonly SourceText _source;
    private readonly DeviceProfile _profile;
    private readonly ICollection<Finding> _findings;
    private readonly CallBinder _calls;
    private readonly TypedTerm _mode;

    /// <summary>Creates one; conditions that are arguments of calls are bound by <paramref name="conditions"/>.</summary>
    public TermBinder(BindingScope scope, ICollection<Finding> findings, Func<ExpressionNode, Condition?> conditions)
    {
        (_source, _profile, _findings) = (scope.Source, scope.Profile, findings);
        _calls = new CallBinder(scope, findings, this, conditions);
        FieldDefinition modes = new() { Name = Mode, Type = FieldType.Enumeration, Values = scope.City.Modes };
        _mode = new TypedTerm(new ModeTerm(scope.City.Mode, modes), TermType.Enumeration, null, modes);
    }

    /// <summary>The constant a boolean field is compared with.</summary>
    public static ConstantTerm Constant(bool value) => new(value ? 1 : 0, value ? "true" : "false");

    /// <summary>Binds one node; null when it adds a finding. The partner it is compared with helps to word the fix.</summary>
    public TypedTerm? Bind(ExpressionNode node, ExpressionNode? partner = null) => node switch
    {
        NumberNode number => new TypedTerm(new ConstantTerm(number.Value, number.Text), TermType.Number, null, null),
        BooleanNode boolean => new TypedTerm(Constant(boolean.Value), TermType.Boolean, null, null),
        TextNode text => new TypedTerm(new ConstantTerm(double.NaN, text.Value), TermType.Text, null, null),
        DurationNode duration => new TypedTerm(new ConstantTerm(duration.Value.TotalSeconds, duration.Text), TermType.Number, "s", null),
        CallNode call => _calls.Bind(call),
        NamedNode named => Error("R114", named.Offset, $"'{named.Name}=' names an argument of a call, and there is no such argument here", "compare with =="),
        FieldNode field => Field(field, partner),
        NegateNode negate => Negate(negate),
        ArithmeticNode arithmetic => Arithmetic(arithmetic),
        _ => Error("R107", node.Offset, "a condition is not a value: it cannot be compared or calculated with", "join conditions with and, or, not"),
    };

    /// <summary>
    /// Makes both sides of a comparison agree: a text becomes the position in the other side's enumeration. Returns the finding when they
    /// do not agree.
    /// </summary>
    public Finding? Agree(ref TypedTerm left, ref TypedTerm right, int leftOffset, int rightOffset)
    {
        if (left.Type == TermType.Enumeration && right.Type == TermType.Text)
        {
            return Resolve(left.Field!, ref right, rightOffset);
        }

        if (left.Type == TermType.Text && right.Type == TermType.Enumeration)
        {
            return Resolve(right.Field!, ref left, leftOffset);
        }

        if (left.Type != right.Type || left.Type == TermType.Text)
        {
            return Finding("R107", rightOffset, $"{left.Spoken} cannot be compared with {right.Spoken}", left.Type == TermType.Boolean && left.Field is null ? ComparedBoolean : Comparable(left.Field ?? right.Field));
        }

        if (left.Type == TermType.Enumeration && !left.Field!.Values.SequenceEqual(right.Field!.Values))
        {
            return Finding("R107", rightOffset, $"{left.Spoken} and {right.Spoken} list different texts", "compare fields that list the same texts");
        }

        return left.Unit is { } a && right.Unit is { } b && a != b ? UnitClash(rightOffset, a, b) : null;
    }

    private Finding? Resolve(FieldDefinition field, ref TypedTerm text, int offset)
    {
        string wanted = ((ConstantTerm)text.Term).Text;
        int position = field.Values.ToList().IndexOf(wanted);
        if (position < 0)
        {
            return Finding("R106", offset, $"{field.Name} has no text \"{wanted}\"", Suggestion.Choice(wanted, field.Values.ToArray()));
        }

        text = new TypedTerm(new ConstantTerm(position, $"\"{wanted}\""), TermType.Enumeration, null, field);
        return null;
    }

    private TypedTerm? Field(FieldNode node, ExpressionNode? partner)
    {
        if (!_profile.ColumnByName.TryGetValue(node.Name, out int column))
        {
            if (node.Name == Mode)
            {
                return _mode;
            }

            if (partner is FieldNode { Name: Mode } && !_profile.ColumnByName.ContainsKey(Mode))
            {
                return new TypedTerm(new ConstantTerm(double.NaN, node.Name), TermType.Text, null, null); // a mode needs no quotes
            }

            bool isTextOfPartner = partner is FieldNode other && _profile.ColumnByName.TryGetValue(other.Name, out int otherColumn)
                && _profile.Fields[otherColumn].Values.Contains(node.Name);
            string[] usable = _profile.Fields.Where(f => f.IsNumeric).Select(f => f.Name).ToArray();
            return Error("R104", node.Offset, $"kind {_profile.Kind} has no field '{node.Name}'", isTextOfPartner ? $"put the text in quotes: \"{node.Name}\"" : Suggestion.Choice(node.Name, usable));
        }

        FieldDefinition field = _profile.Fields[column];
        TermType type = field.Type switch { FieldType.Boolean => TermType.Boolean, FieldType.Enumeration => TermType.Enumeration, _ => TermType.Number };
        return field.IsNumeric
            ? new TypedTerm(new FieldTerm(column, field), type, type == TermType.Number ? field.Unit : null, field)
            : Error("R105", node.Offset, $"{field.Name} is {(field.Type == FieldType.Text ? "free text" : "a pseudonym")}, which rules cannot read", "use a number, boolean or enumeration field");
    }

    private TypedTerm? Negate(NegateNode node)
    {
        if (Bind(node.Operand) is not { } operand)
        {
            return null;
        }

        return operand.Type != TermType.Number ? NotANumber(node.Operand.Offset, operand)
            : operand.Term is ConstantTerm constant ? operand with { Term = new ConstantTerm(-constant.Value, $"-{constant.Text}"), Field = null }
            : operand with { Term = new NegativeTerm(operand.Term), Field = null };
    }

    private TypedTerm? Arithmetic(ArithmeticNode node)
    {
        TypedTerm? left = Bind(node.Left);
        TypedTerm? right = Bind(node.Right);
        if (left is null || right is null)
        {
            return null;
        }

        if (left.Type != TermType.Number || right.Type != TermType.Number)
        {
            return left.Type != TermType.Number ? NotANumber(node.Left.Offset, left) : NotANumber(node.Right.Offset, right);
        }

        bool additive = node.Operator is ArithmeticOperator.Add or ArithmeticOperator.Subtract;
        if (additive && left.Unit is { } a && right.Unit is { } b && a != b)
        {
            _findings.Add(UnitClash(node.Right.Offset, a, b));
            return null;
        }

        if (node.Operator == ArithmeticOperator.Divide && right.Term is ConstantTerm { Value: 0 })
        {
            return Error("R112", node.Right.Offset, "this divides by zero", "divide by another number");
        }

        if (left.Term is ConstantTerm x && right.Term is ConstantTerm y)
        {
            return Fold(node, x, y);
        }

        // The unit of a sum is its parts'; a product has a unit of its own, which is not worked out, so nothing is held against it.
        // A field scaled by a plain number keeps its unit.
        bool scaled = right.Term is ConstantTerm || (node.Operator == ArithmeticOperator.Multiply && left.Term is ConstantTerm);
        string? unit = additive || scaled ? left.Unit ?? right.Unit : null;
        return new TypedTerm(new ArithmeticTerm(node.Operator, left.Term, right.Term), TermType.Number, unit, null);
    }

    private TypedTerm? Fold(ArithmeticNode node, ConstantTerm x, ConstantTerm y)
    {
        double value = new ArithmeticTerm(node.Operator, x, y).Evaluate(_ => double.NaN);
        return double.IsFinite(value)
            ? new TypedTerm(new ConstantTerm(value, value.ToString("R", CultureInfo.InvariantCulture)), TermType.Number, null, null)
            : Error("R112", node.Right.Offset, "the result of this calculation is too large", "use smaller numbers");
    }

    private TypedTerm? NotANumber(int offset, TypedTerm term) => Error("R107", offset, $"{term.Spoken} is no number to calculate with", "calculate with number and integer fields");

    private Finding UnitClash(int offset, string left, string right) =>
        Finding("R113", offset, $"the units do not fit: {Named(left)} and {Named(right)}", "compare and add fields of one unit only");

    private static string Named(string unit) => unit.Length == 0 ? "no unit" : unit;

    private static string Comparable(FieldDefinition? field) => field?.Type switch
    {
        FieldType.Boolean => ComparedBoolean,
        FieldType.Enumeration => $"compare it with one of its texts in quotes: {string.Join(", ", field.Values.Take(12))}",
        null => "compare a field with it",
        _ => "compare it with a number",
    };

    private TypedTerm? Error(string code, int offset, string message, string fix)
    {
        _findings.Add(Finding(code, offset, message, fix));
        return null;
    }

    private Finding Finding(string code, int offset, string message, string fix) => new(FindingLevel.Error, code, _source.At(offset), message, fix);
}
