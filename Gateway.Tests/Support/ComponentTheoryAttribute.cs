namespace Gateway.Tests.Support;

/// <summary>A theory that needs programs of other people: skipped with the reason where one is missing, but never in CI.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ComponentTheoryAttribute : TheoryAttribute
{
    /// <param name="names">See <see cref="Components"/>.</param>
    public ComponentTheoryAttribute(params string[] names) => Skip = Components.SkipReason(names);
}
