using Gateway.Protocols.Devices;
using Gateway.Rules.Expressions;

namespace Gateway.Rules.Functions;

/// <summary>A function of the readings of one field over a window that ends with the reading judged.</summary>
public abstract class WindowFunction : FunctionDefinition
{
    /// <inheritdoc />
    public override string Signature => $"{Name}(field, window)";

    /// <inheritdoc />
    public override string Unit => "of the field";

    /// <inheritdoc />
    public override string UnknownWhen => "never, once the device has reported the field";

    /// <summary>Whether it takes booleans and texts as well as numbers.</summary>
    internal virtual bool TakesAnyField => false;

    /// <summary>The value.</summary>
    /// <param name="window">The readings, oldest first; one at least, the last being the one judged.</param>
    /// <param name="limit">The call's limit; 0 where the function takes none.</param>
    /// <returns>NaN for not known.</returns>
    internal abstract double Compute(in SampleWindow window, double limit);

    /// <summary>The type and unit of its value over a field.</summary>
    internal virtual (TermType Type, string? Unit) Result(TypedTerm field) => (TermType.Number, field.Unit);

    internal override TypedTerm? Bind(CallNode call, CallBinder binder) =>
        binder.HasArguments(call, this, 2) && binder.Field(call, this, 0) is { } field && binder.Window(call, this, 1) is { } window
            ? Term(this, field, window, limit: null)
            : null;

    /// <summary>Its name where meanings are compared: of two functions that one name stands for each has its own.</summary>
    internal virtual string Meaning => Name;

    /// <summary>What stands between the field and the limit in a call.</summary>
    internal virtual string BeforeLimit => ", ";

    /// <summary>A value of it as people read it.</summary>
    internal virtual string Show(FieldDefinition field, double value) => ValueText.Format(field, value);

    /// <summary>What it gives when the window holds no reading.</summary>
    internal virtual double OfNothing => double.NaN;

    /// <summary>The term of a call that has been checked.</summary>
    private protected static TypedTerm Term(WindowFunction function, TypedTerm field, TimeSpan window, ConstantTerm? limit)
    {
        (TermType type, string? unit) = function.Result(field);
        return new TypedTerm(new WindowTerm(function, (FieldTerm)field.Term, window, limit), type, unit, type == TermType.Number ? null : field.Field);
    }
}
