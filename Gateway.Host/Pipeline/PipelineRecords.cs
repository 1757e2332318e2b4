using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Host.Ingest;
using Gateway.Host.IngestLog;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;

namespace Gateway.Host.Pipeline;

/// <summary>Payload of a "gateway started" and of a "clock compared" record: under which clock the records behind it were taken.</summary>
/// <param name="ClockSpeed">How many times as fast as the world; 1 outside exercises.</param>
/// <param name="Exercise">Whether every case from here is an exercise.</param>
/// <param name="AheadMilliseconds">How far the clock of the log was ahead of the system's clock; negative for behind.</param>
internal sealed record StartedPayload(double ClockSpeed, bool Exercise, long AheadMilliseconds = 0)
{
    /// <summary><see cref="AheadMilliseconds"/>.</summary>
    [JsonIgnore]
    public TimeSpan Ahead => TimeSpan.FromMilliseconds(AheadMilliseconds);

    /// <summary>The payload of a record.</summary>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    public static StartedPayload Of(in LogRecord record, long offset) =>
        PipelineJson.Read(record.Payload, PipelineJson.Default.StartedPayload) ?? throw new InvalidDataException($"log record {offset}: a {record.Kind} that cannot be read");

    /// <summary>Payload for a clock as it stands.</summary>
    public static StartedPayload Of(GatewayClock clock) => new(clock.Speed, clock.IsExercise, (long)clock.Ahead.TotalMilliseconds);
}

/// <summary>Payload of a case command record: a command, a report of people, or the gateway's own word that evidence was sealed.</summary>
/// <param name="Id">Names the request, so that its answer finds the one who waits.</param>
/// <param name="Command">The command; null where it is something else.</param>
internal sealed record CommandPayload(Guid Id, CaseCommand? Command)
{
    /// <summary>The report; null where it is something else.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CaseIntake? Intake { get; init; }

    /// <summary>What was sealed; null where it is something else.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EvidenceSeal? Seal { get; init; }

    /// <summary>Does to the cases what it asks for. In a replay under other rules, where cases have other numbers, nothing is sealed.</summary>
    public CommandResult CarryOut(CaseBook book, Func<CaseCommand, CaseBook, CaseCommand>? commandFor, EventTime at, long offset, CaseChanges into) => Intake is { } report
        ? new CommandResult(Id, Refusal: null, book.Handle(report, at, offset, into))
        : Seal is { } seal ? new CommandResult(Id, commandFor is null ? book.Handle(seal, at, offset, into) : null)
        : new CommandResult(Id, Command is { } command ? book.Handle(commandFor?.Invoke(command, book) ?? command, at, offset, into) : null);
}

/// <summary>JSON of record payloads; the names are on disk.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(StartedPayload))]
[JsonSerializable(typeof(CommandPayload))]
internal sealed partial class PipelineJson : JsonSerializerContext
{
    /// <summary>Reads a payload this gateway wrote; null when it is damaged or of a newer version.</summary>
    public static T? Read<T>(ReadOnlySpan<byte> payload, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(payload, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
