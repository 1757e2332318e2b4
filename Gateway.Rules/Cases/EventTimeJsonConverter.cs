using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Protocols.Readings;

namespace Gateway.Rules.Cases;

/// <summary>Instants as RFC 3339 text in UTC with milliseconds; also reads Unix milliseconds.</summary>
public sealed class EventTimeJsonConverter : JsonConverter<EventTime>
{
    /// <inheritdoc />
    /// <exception cref="JsonException">The value is no instant.</exception>
    public override EventTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long milliseconds)
            && milliseconds >= EventTime.MinValue.UnixMilliseconds && milliseconds <= EventTime.MaxValue.UnixMilliseconds)
        {
            return new EventTime(milliseconds);
        }

        return reader.TokenType == JsonTokenType.String && EventTime.TryParse(reader.GetString(), out EventTime time)
            ? time
            : throw new JsonException("expected an RFC 3339 time");
    }

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, EventTime value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
