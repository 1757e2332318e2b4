using Gateway.Rules.Expressions;

namespace Gateway.Rules.Functions;

/// <summary>One row of the table of functions: what an expression may call, what the reference page says of it, and how it is bound.</summary>
public abstract class FunctionDefinition
{
    /// <summary>Its name in expressions.</summary>
    public abstract string Name { get; }

    /// <summary>How a call is written, for the reference and for messages: <c>rise(field, window)</c>.</summary>
    public abstract string Signature { get; }

    /// <summary>What it gives, one sentence.</summary>
    public abstract string Summary { get; }

    /// <summary>The same in Chinese.</summary>
    public abstract string SummaryZh { get; }

    /// <summary>What unit its value has.</summary>
    public abstract string Unit { get; }

    /// <summary>When its value is not known, so that a condition on it neither holds nor fails.</summary>
    public abstract string UnknownWhen { get; }

    /// <summary>An example that the tests run.</summary>
    public abstract FunctionExample Example { get; }

    /// <summary>Checks the arguments of a call and makes a term of it; null when it has added a finding.</summary>
    internal abstract TypedTerm? Bind(CallNode call, CallBinder binder);
}

/// <summary>One alert of a made-up device, to show what a function does.</summary>
/// <param name="Expression">The expression of the rule; of the flood profile of the sample city.</param>
/// <param name="Every">Time between the readings, as in a rule's test.</param>
/// <param name="Series">The readings, as in a rule's test.</param>
/// <param name="FiresAt">When the alert fires.</param>
/// <param name="Before">The reading before, at which nothing fires yet.</param>
public sealed record FunctionExample(string Expression, string Every, string Series, string FiresAt, string Before)
{
    /// <summary>When the first reading comes, in the city's time (UTC+8, calendar <c>office</c>); empty where that is no matter.</summary>
    public string Start { get; init; } = "";

    /// <summary>The readings of other devices of the same grid, near by.</summary>
    public IReadOnlyList<string> Others { get; init; } = [];
}
