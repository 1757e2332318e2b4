using Gateway.Host.Access.People;
using Gateway.Host.City;
using Gateway.Host.Composition;
using Gateway.Host.Pipeline;
using Gateway.Rules.Cases.Cap;
using Gateway.Rules.Cases.Cap.Reading;

namespace Gateway.Host.Api.Cap;

/// <summary>CAP 1.2 messages of other systems: they join the open case they belong to, or open one.</summary>
internal static class CapIntakeEndpoint
{
    private static readonly string[] MediaTypes = [CapXml.MediaType, "application/xml", "text/xml"];

    /// <summary>What became of the message, and the case that has it.</summary>
    private sealed record Answer(string Outcome, string? Why, string? CaseNo);

    /// <summary>201 with a new case, 200 with the one it joined or for what is ignored, 400 with what is wrong with the document, 422 for a place elsewhere.</summary>
    public static async Task<IResult> TakeAsync(
        HttpRequest request, Person person, CaseRequests requests, PipelineWorker pipeline, CityWatcher city, CapOptions options, GatewayRuntime gateway, CancellationToken cancellation)
    {
        if (!MediaTypes.Contains(request.ContentType?.Split(';')[0].Trim(), StringComparer.OrdinalIgnoreCase))
        {
            return Results.Problem($"send a CAP 1.2 message as {CapXml.MediaType}", statusCode: StatusCodes.Status415UnsupportedMediaType, title: "The media type is not taken");
        }

        byte[] document = new byte[CapReader.LengthLimitBytes + 1];
        int length = await request.Body.ReadAtLeastAsync(document, document.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        if (length > CapReader.LengthLimitBytes)
        {
            return Results.Problem($"a message has at most {CapReader.LengthLimitBytes} bytes", statusCode: StatusCodes.Status413PayloadTooLarge, title: "The message is too large");
        }

        CapReading reading = CapReader.Read(document.AsMemory(0, length));
        if (reading.Alert is not { } alert)
        {
            return Problems.BadRequest(string.Join("; ", reading.Faults));
        }

        CitySnapshot snapshot = pipeline.Snapshot ?? city.Latest;
        CapTaking taking = CapTaking.Of(alert, options.Sender, snapshot.AreasAt(gateway.Clock.Now), gateway.Clock.IsExercise, gateway.Clock.Now);
        if (taking.Outcome == CapOutcome.Refused)
        {
            return Results.Problem(taking.Why, statusCode: StatusCodes.Status422UnprocessableEntity, title: "The message cannot be taken");
        }

        if (taking.Intake is not { } intake)
        {
            return Results.Json(new Answer("ignored", taking.Why, null));
        }

        (CommandResult? answer, IResult? problem) = await requests.SendAsync(id => new CommandPayload(id, null) { Intake = intake with { Actor = person.IsDeveloper ? "" : person.Name } }).ConfigureAwait(false);
        return answer?.Intake is { } taken
            ? Results.Json(new Answer("taken", null, taken.CaseNo), statusCode: taken.Joined ? StatusCodes.Status200OK : StatusCodes.Status201Created)
            : problem!;
    }
}
