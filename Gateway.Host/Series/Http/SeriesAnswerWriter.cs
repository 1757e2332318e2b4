using System.Text.Json;
using Gateway.Host.Series.Query;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Series.Http;

/// <summary>Writes answers as JSON straight to the response, flushing as it goes: an answer of a million points is never one string.</summary>
internal static class SeriesAnswerWriter
{
    private const int FlushAboveBytes = 1 << 16;

    /// <summary>Writes <c>{"series":[{device, metric, unit, first, last, count}]}</c>.</summary>
    public static async Task WriteList(HttpContext context, IReadOnlyList<SeriesInfo> infos, SeriesCatalog catalog)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        await using Utf8JsonWriter json = new(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteStartArray("series"u8);
        foreach (SeriesInfo info in infos)
        {
            json.WriteStartObject();
            WriteKey(json, info.Key, catalog);
            json.WriteString("first"u8, info.First.ToString());
            json.WriteString("last"u8, info.Last.ToString());
            json.WriteNumber("count"u8, info.Count);
            json.WriteEndObject();
            await FlushWhenFull(context, json);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Writes the query as understood and <c>series</c>, each with <c>points</c> or <c>buckets</c>; times are RFC 3339 in UTC.</summary>
    public static async Task WriteAnswer(HttpContext context, SeriesQuery query, SeriesAnswer answer, SeriesCatalog catalog)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        await using Utf8JsonWriter json = new(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("metric"u8, query.Metric);
        json.WriteString("from"u8, query.From.ToString());
        json.WriteString("to"u8, query.To.ToString());
        if (query.Step is { } step)
        {
            json.WriteNumber("stepSeconds"u8, step.TotalSeconds);
            json.WriteString("agg"u8, NameOf(query.Aggregate));
            json.WriteString("group"u8, NameOf(query.Grouping));
        }

        json.WriteStartArray("series"u8);
        foreach (SeriesResult result in answer.Results)
        {
            json.WriteStartObject();
            if (result.Key is { } key)
            {
                WriteKey(json, key, catalog);
            }
            else
            {
                json.WriteNumber("seriesCount"u8, result.SeriesCount);
            }

            await (query.Step is null ? WritePoints(context, json, result) : WriteBuckets(context, json, result));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static async Task WritePoints(HttpContext context, Utf8JsonWriter json, SeriesResult result)
    {
        json.WriteStartArray("points"u8);
        foreach (Sample sample in result.Points)
        {
            json.WriteStartObject();
            json.WriteString("time"u8, sample.Time.ToString());
            WriteValue(json, sample.Value);
            json.WriteEndObject();
            await FlushWhenFull(context, json);
        }

        json.WriteEndArray();
    }

    private static async Task WriteBuckets(HttpContext context, Utf8JsonWriter json, SeriesResult result)
    {
        json.WriteStartArray("buckets"u8);
        foreach (SeriesBucket bucket in result.Buckets)
        {
            json.WriteStartObject();
            json.WriteString("start"u8, bucket.Start.ToString());
            WriteValue(json, bucket.Value);
            json.WriteNumber("received"u8, bucket.Received);
            if (bucket.Expected is { } expected)
            {
                json.WriteNumber("expected"u8, expected);
            }
            else
            {
                json.WriteNull("expected"u8);
            }

            json.WriteEndObject();
            await FlushWhenFull(context, json);
        }

        json.WriteEndArray();
    }

    private static void WriteKey(Utf8JsonWriter json, SeriesKey key, SeriesCatalog catalog)
    {
        json.WriteString("device"u8, key.DeviceId);
        json.WriteString("metric"u8, key.Metric);
        json.WriteString("unit"u8, catalog.UnitOf(key.DeviceId, key.Metric));
    }

    // JSON has no infinities; a bucket or sample that is one reads as null.
    private static void WriteValue(Utf8JsonWriter json, double? value)
    {
        if (value is { } number && double.IsFinite(number))
        {
            json.WriteNumber("value"u8, number);
        }
        else
        {
            json.WriteNull("value"u8);
        }
    }

    private static string NameOf<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static async ValueTask FlushWhenFull(HttpContext context, Utf8JsonWriter json)
    {
        if (json.BytesPending > FlushAboveBytes || context.Response.BodyWriter.UnflushedBytes > FlushAboveBytes)
        {
            json.Flush();
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        }
    }
}
