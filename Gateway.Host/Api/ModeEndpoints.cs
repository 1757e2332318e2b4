using Gateway.Host.Access.People;
using Gateway.Host.City;
using Gateway.Host.Pipeline;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Files;

namespace Gateway.Host.Api;

/// <summary>The city's mode 平战: which one it is in, who switched to it and why; and the switch.</summary>
internal static class ModeEndpoints
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <summary>Body of a switch.</summary>
    /// <param name="Mode">One of <c>modes:</c> of city.yaml.</param>
    /// <param name="Actor">Who switches; may be left out, for it is the account that asks. Only the developer on this machine names another.</param>
    /// <param name="Reason">Why.</param>
    public sealed record ModeBody(string? Mode, string? Actor, string? Reason);

    /// <summary>Adds the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder mode = routes.MapGroup("/api/v1/mode").WithTags("mode");
        mode.MapGet("", (CityWatcher city) => Show(city)).WithSummary("The city's mode, the modes it has, and who switched when and why, newest first");
        mode.MapPost("", SwitchAsync).WithSummary("Switches the mode: thresholds, clocks and overlays of the mode hold from then on; new cases carry it");
    }

    private static async Task<IResult> SwitchAsync(ModeBody? body, Person person, CityWatcher city, PipelineWorker pipeline, TypedText typed, Func<EventTime> now, TimeProvider time)
    {
        IReadOnlyList<string> modes = city.Latest.Definition.Modes;
        if (body?.Mode is null || !modes.Contains(body.Mode))
        {
            return Problems.BadRequest($"mode is one of {string.Join(", ", modes)}");
        }

        if (!person.IsDeveloper && body.Actor is not null && body.Actor != person.Name)
        {
            return Problems.Forbidden($"what you do stands under your own name, {person.Name}: leave actor out");
        }

        if (Text(person.IsDeveloper ? body.Actor : person.Name, CaseCommand.ActorLengthLimit) is not { } actor || Text(body.Reason, CaseCommand.ReasonLengthLimit) is not { } reason)
        {
            return Problems.BadRequest($"actor (1 to {CaseCommand.ActorLengthLimit} characters) and reason (1 to {CaseCommand.ReasonLengthLimit}) say who switches and why; no line breaks or other control characters");
        }

        if (city.Mode == body.Mode)
        {
            return Results.Problem($"the city is in mode {body.Mode} already", statusCode: StatusCodes.Status409Conflict, title: "Nothing to switch");
        }

        try
        {
            if (!await city.SwitchAsync(typed.Strike(new ModeSwitch(body.Mode, actor, reason, now()))).ConfigureAwait(false))
            {
                return Problems.Unavailable($"the switch is kept and will be tried again until it holds: {city.NotInEffect}");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return Problems.Unavailable($"the mode was not switched: {e.Message}");
        }

        // It holds for the messages behind it in the log; whoever asked is told when the first of them will see it.
        for (long from = time.GetTimestamp(); pipeline.Snapshot?.Revision != city.Latest.Revision; await Task.Delay(Look, time).ConfigureAwait(false))
        {
            if (time.GetElapsedTime(from) > Patience)
            {
                return Problems.Unavailable("the switch is in the log and holds for every message from now on; the pipeline has not caught up with it yet");
            }
        }

        return Show(city);
    }

    private static string? Text(string? text, int limit) => text?.Trim() is { Length: > 0 } trimmed && trimmed.Length <= limit && !trimmed.Any(char.IsControl) ? trimmed : null;

    private static WrittenJson Show(CityWatcher city) => new(writer =>
    {
        CityDefinition definition = city.Latest.Definition;
        writer.WriteStartObject();
        writer.WriteString("mode", definition.Mode);
        writer.WriteStartArray("modes");
        definition.Modes.ToList().ForEach(writer.WriteStringValue);
        writer.WriteEndArray();
        writer.WriteStartArray("switches");
        foreach (ModeSwitch one in definition.ModeSwitches)
        {
            writer.WriteStartObject();
            writer.WriteString("mode", one.Mode);
            writer.WriteString("actor", one.Actor);
            writer.WriteString("reason", one.Reason);
            writer.WriteString("at", one.At.ToString());
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });
}
