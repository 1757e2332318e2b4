using Gateway.Protocols.Devices;
using Gateway.Rules.Expressions;
using Gateway.Rules.Files;

namespace Gateway.Rules.Functions;

/// <summary>Checks the arguments of calls; every method adds a finding where it gives null or false.</summary>
internal sealed class CallBinder(BindingScope scope, ICollection<Finding> findings, TermBinder terms, Func<ExpressionNode, Condition?> conditions)
{
    private static readonly TimeSpan WindowLimit = TimeSpan.FromDays(7);

    /// <summary>What names are looked up in.</summary>
    public BindingScope Scope => scope;

    private DeviceProfile Profile => scope.Profile;

    /// <summary>The term of a call.</summary>
    public TypedTerm? Bind(CallNode call)
    {
        if (FunctionTable.Find(call.Name) is { } function)
        {
            return function.Bind(call, this);
        }

        return Fail<TypedTerm>(ExpressionError.UnknownFunction, call.Offset, $"there is no function '{call.Name}'", Suggestion.Choice(call.Name, FunctionTable.All.Select(f => f.Name).ToArray()));
    }

    /// <summary>Whether a call has as many arguments as its function takes.</summary>
    public bool HasArguments(CallNode call, FunctionDefinition function, int least, int most = 0)
    {
        bool fits = call.Arguments.Count >= least && call.Arguments.Count <= Math.Max(least, most);
        if (!fits)
        {
            Add("R114", call.Offset, $"{call.Name} does not take {call.Arguments.Count} argument{(call.Arguments.Count == 1 ? "" : "s")}", $"write {function.Signature}");
        }

        return fits;
    }

    /// <summary>A field of the profile, of numbers unless the function takes any.</summary>
    public TypedTerm? Field(CallNode call, FunctionDefinition function, int index)
    {
        if (call.Arguments[index] is not FieldNode node)
        {
            return Fail<TypedTerm>("R114", call.Arguments[index].Offset, $"argument {index + 1} of {call.Name} is the name of a field", $"write {function.Signature}");
        }

        return terms.Bind(node) is not { } field ? null
            : field.Type == TermType.Number || function is WindowFunction { TakesAnyField: true } ? field
            : Fail<TypedTerm>("R107", node.Offset, $"{field.Spoken} is no number to calculate with", "changes, count, last and previous take any field");
    }

    /// <summary>A constant in the field's range.</summary>
    public ConstantTerm? Limit(CallNode call, FunctionDefinition function, int index, TypedTerm field)
    {
        int offset = call.Arguments[index].Offset;
        if (terms.Bind(call.Arguments[index]) is not { } bound)
        {
            return null;
        }

        if (bound is not { Type: TermType.Number, Term: ConstantTerm limit, Unit: null })
        {
            return Fail<ConstantTerm>("R114", offset, $"the limit of {call.Name} is a plain number", $"write {function.Signature}");
        }

        FieldDefinition definition = field.Field ?? ((FieldTerm)field.Term).Field;
        return limit.Value < definition.Minimum || limit.Value > definition.Maximum
            ? Fail<ConstantTerm>("R108", offset, $"the limit {limit.Text} lies outside the range of {definition.Name}", $"the sensor reports {Text(definition, definition.Minimum)} to {Text(definition, definition.Maximum)}")
            : limit;
    }

    /// <summary>A duration that readings of the kind fit into.</summary>
    public TimeSpan? Window(CallNode call, FunctionDefinition function, int index) =>
        Window(call, function, call.Arguments[index], $"argument {index + 1}");

    /// <summary>The same, of an argument that has a name.</summary>
    public TimeSpan? Window(CallNode call, FunctionDefinition function, ExpressionNode node, string spoken)
    {
        if (node is not DurationNode { Value: var window })
        {
            Add("R114", node.Offset, $"{spoken} of {call.Name} is a duration", $"write {function.Signature}, with a duration such as 30s, 5m or 1h30m");
            return null;
        }

        if (window <= TimeSpan.Zero || window > WindowLimit)
        {
            Add("R115", node.Offset, $"the window {DurationText.Format(window)} is out of range", $"from 1ms to {DurationText.Format(WindowLimit)}");
            return null;
        }

        if (window < Profile.ReportingInterval)
        {
            Add("R115", node.Offset, $"the window {DurationText.Format(window)} is shorter than the {DurationText.Format(Profile.ReportingInterval)} between reports of kind {Profile.Kind}", "allow at least two reporting intervals");
            return null;
        }

        return window;
    }

    /// <summary>A whole number.</summary>
    public int? Whole(CallNode call, FunctionDefinition function, int index, int least, int most) =>
        Whole(call, function, call.Arguments[index], $"argument {index + 1}", least, most);

    /// <summary>The same, of an argument that has a name.</summary>
    public int? Whole(CallNode call, FunctionDefinition function, ExpressionNode node, string spoken, int least, int most)
    {
        if (node is NumberNode { Value: var value } && value == Math.Floor(value) && value >= least && value <= most)
        {
            return (int)value;
        }

        Add("R114", node.Offset, $"{spoken} of {call.Name} is a whole number from {least} to {most}", $"write {function.Signature}");
        return null;
    }

    /// <summary>A condition.</summary>
    public Condition? Condition(CallNode call, int index) => conditions(call.Arguments[index]);

    /// <summary>The value of an argument given by its name; a call that lacks it is a finding.</summary>
    public ExpressionNode? Named(CallNode call, FunctionDefinition function, string name)
    {
        NamedNode[] named = [.. call.Arguments.OfType<NamedNode>().Where(n => n.Name == name)];
        return named.Length == 1
            ? named[0].Value
            : Fail<ExpressionNode>("R114", named.Length == 0 ? call.Offset : named[1].Offset, named.Length == 0 ? $"{call.Name} needs {name}=" : $"{name}= is written twice", $"write {function.Signature}");
    }

    /// <summary>One word of a list, written bare or in quotes.</summary>
    public string? Word(ExpressionNode node, IReadOnlyCollection<string> words, string what)
    {
        string? word = node is FieldNode bare ? bare.Name : node is TextNode quoted ? quoted.Value : null;
        return word is not null && words.Contains(word)
            ? word
            : Fail<string>("R117", node.Offset, word is null ? $"a name of {what} is expected here" : $"there is no {what} '{word}'", words.Count == 0 ? $"the city has no {what}" : Suggestion.Choice(word ?? "", words));
    }

    /// <summary>Adds a finding; the call has no term then.</summary>
    public TypedTerm? Refuse(string code, int offset, string message, string fix) => Fail<TypedTerm>(code, offset, message, fix);

    private static string Text(FieldDefinition field, double? limit) => limit is { } value ? ValueText.Format(field, value) : "any value";

    private void Add(string code, int offset, string message, string fix) => findings.Add(new Finding(FindingLevel.Error, code, scope.Source.At(offset), message, fix));

    private T? Fail<T>(string code, int offset, string message, string fix)
        where T : class
    {
        Add(code, offset, message, fix);
        return null;
    }
}
