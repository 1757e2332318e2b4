namespace Gateway.Rules.Expressions;

/// <summary>
/// Kleene's three truth values, numbered so that <c>and</c> is the minimum, <c>or</c> the maximum and <c>not x</c> is <c>2 - x</c>.
/// A comparison with a value that is not known (NaN) is unknown; an unknown condition changes no state.
/// </summary>
public enum Truth : byte
{
    /// <summary>It does not hold.</summary>
    False = 0,

    /// <summary>A value it needs is not known.</summary>
    Unknown = 1,

    /// <summary>It holds.</summary>
    True = 2,
}
