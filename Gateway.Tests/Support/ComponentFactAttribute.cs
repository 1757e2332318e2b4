namespace Gateway.Tests.Support;

/// <summary>A fact that needs programs of other people: skipped with the reason where one is missing, but never in CI.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ComponentFactAttribute : FactAttribute
{
    /// <param name="names">See <see cref="Components"/>.</param>
    public ComponentFactAttribute(params string[] names) => Skip = Components.SkipReason(names);
}
