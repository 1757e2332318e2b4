using System.Reflection;
using Gateway.Rules.Cases;

namespace Gateway.Host.Access.People;

/// <summary>Who asks, as the gate found; an endpoint takes it as a parameter. Immutable.</summary>
internal sealed record Person
{
    /// <summary>Name of the account: what stands as actor in the history of a case.</summary>
    public required string Name { get; init; }

    /// <summary>The account's role; all of them for the developer on this machine.</summary>
    public required Roles Roles { get; init; }

    /// <summary>The unit whose cases it works on; empty for all.</summary>
    public string Unit { get; init; } = "";

    /// <summary>Whether it is whoever works on this machine in the Development environment: no account, and its word for who acts is taken.</summary>
    public bool IsDeveloper { get; init; }

    /// <summary>The session whose cookie was sent; null without.</summary>
    public PersonSession? Session { get; init; }

    /// <summary>Whether what the request showed still opens the door; asked again by answers that go on for hours.</summary>
    public required Func<bool> Holds { get; init; }

    /// <summary>Name of whoever works on this machine in the Development environment.</summary>
    public const string DeveloperName = "developer";

    /// <summary>Whether a name stands for somebody else than an account in the history of cases.</summary>
    public static bool IsReserved(string name) => name is CaseEvent.GatewayActor or CaseCommand.PublicActor or DeveloperName;

    /// <summary>The person behind a request, for minimal API endpoints.</summary>
    public static ValueTask<Person?> BindAsync(HttpContext context, ParameterInfo parameter) => ValueTask.FromResult(context.Features.Get<Person>());
}
