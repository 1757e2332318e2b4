using System.Text;
using System.Text.Json;
using Gateway.Host.City;
using Gateway.Host.Ingest.Commands;
using Gateway.Protocols.Devices;

namespace Gateway.Host.Api;

/// <summary>Commands to devices over HTTP.</summary>
internal static class DeviceCommandEndpoint
{
    private const int ArgumentsLimitBytes = 16 * 1024;
    private const int CommandLimitChars = 64;
    private const double DefaultTimeoutSeconds = 10;
    private const double LongestTimeoutSeconds = 60;

    /// <summary>Body of a command.</summary>
    /// <param name="Command">What to do, as the device's maker calls it: letters, digits, <c>_ - .</c></param>
    /// <param name="Arguments">With what: a JSON object.</param>
    /// <param name="TimeoutSeconds">How long to wait for the reply.</param>
    public sealed record Body(string? Command, JsonElement? Arguments, double? TimeoutSeconds);

    /// <summary>Adds the endpoint.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/v1/devices/{deviceId}/commands", SendAsync).WithTags("state").WithSummary("A command to a device, with its reply: 200 replied, 202 queued for a device that is away, 409 when it takes no commands or is away and the command may hold a card number, 504 no reply in time");

    private static async Task<IResult> SendAsync(string deviceId, Body body, DeviceCommands commands, CityWatcher city, CancellationToken cancellation)
    {
        if (city.Latest.Definition.Devices.Find(deviceId) is not { } device)
        {
            return Problems.NotFound($"there is no device {deviceId}; /api/v1/devices lists them");
        }

        if (body.Command is not { Length: > 0 and <= CommandLimitChars } command || !command.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.'))
        {
            return Problems.BadRequest($"command is 1 to {CommandLimitChars} of letters, digits, _ - .");
        }

        if (body.Arguments is { } arguments && (arguments.ValueKind != JsonValueKind.Object || Encoding.UTF8.GetByteCount(arguments.GetRawText()) > ArgumentsLimitBytes || !CanBeWritten(arguments)))
        {
            return Problems.BadRequest($"arguments is a JSON object of at most {ArgumentsLimitBytes} bytes, without halves of surrogate pairs");
        }

        double seconds = body.TimeoutSeconds ?? DefaultTimeoutSeconds;
        if (seconds is not (> 0 and <= LongestTimeoutSeconds))
        {
            return Problems.BadRequest($"timeoutSeconds is more than 0 and at most {LongestTimeoutSeconds}");
        }

        CommandResult result = await commands.SendAsync(device, command, body.Arguments, TimeSpan.FromSeconds(seconds), cancellation).ConfigureAwait(false);
        return Answer(device, result, seconds);
    }

    private static IResult Answer(Device device, CommandResult result, double seconds) => result.Outcome switch
    {
        CommandOutcome.Replied => Results.Json(new { commandId = result.CommandId, deviceId = device.Id, status = "replied", repliedAt = result.RepliedAt?.ToString(), reply = Reply(result.Reply) }),
        CommandOutcome.Queued => Results.Json(new { commandId = result.CommandId, deviceId = device.Id, status = "queued" }, statusCode: StatusCodes.Status202Accepted),
        CommandOutcome.NoReply => Results.Problem(
            $"{device.Id} was sent command {result.CommandId} and did not reply on {CommandTopics.ReplyOf(device)} within {seconds} s; it may have carried it out",
            statusCode: StatusCodes.Status504GatewayTimeout,
            title: "No reply",
            extensions: new Dictionary<string, object?> { ["commandId"] = result.CommandId }),
        CommandOutcome.NotKept => Results.Problem(
            $"{device.Id} is away, and the command holds what may be the number of a card, which is kept nowhere: give it when the device is connected, or without the number",
            statusCode: StatusCodes.Status409Conflict,
            title: "The command cannot be kept"),
        CommandOutcome.TooMany => Problems.Unavailable($"{DeviceCommands.WaitingLimit} commands wait for their replies; try again when some have ended"),
        _ => Results.Problem(
            $"{device.Id} does not subscribe to {CommandTopics.CommandOf(device)} and has no session that does: nobody would get the command",
            statusCode: StatusCodes.Status409Conflict,
            title: "The device takes no commands"),
    };

    /// <summary>JSON as it is; anything else as text, which a device may fill with whatever it likes.</summary>
    private static object Reply(byte[] payload)
    {
        try
        {
            JsonElement reply = JsonDocument.Parse(payload).RootElement;
            return CanBeWritten(reply) ? reply : Encoding.UTF8.GetString(payload);
        }
        catch (JsonException)
        {
            return Encoding.UTF8.GetString(payload);
        }
    }

    /// <summary>False for JSON that parses and cannot be written again: half of a surrogate pair in an escape.</summary>
    private static bool CanBeWritten(JsonElement json)
    {
        try
        {
            using Utf8JsonWriter trial = new(Stream.Null);
            json.WriteTo(trial);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
