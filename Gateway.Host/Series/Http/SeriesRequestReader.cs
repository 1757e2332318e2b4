using System.Globalization;
using Gateway.Host.Series.Query;
using Gateway.Protocols.Readings;
using Microsoft.Extensions.Primitives;

namespace Gateway.Host.Series.Http;

/// <summary>
/// Reads the query parameters of a series request. The first thing amiss becomes <see cref="Problem"/> and later reads give defaults, so that a
/// handler reads all and checks once.
/// </summary>
internal sealed class SeriesRequestReader
{
    private static readonly TimeSpan StepLimit = TimeSpan.FromDays(366);
    private static readonly TimeSpan RangeByDefault = TimeSpan.FromHours(1);

    private readonly IQueryCollection _query;

    /// <summary>Starts on a request; a parameter that is none of <paramref name="known"/>, or comes twice, is a problem.</summary>
    public SeriesRequestReader(IQueryCollection query, SeriesCatalog catalog, string[] known)
    {
        _query = query;
        Catalog = catalog;
        foreach ((string name, StringValues values) in query)
        {
            if (!known.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                Fail(name, "there is no such parameter here", known);
            }
            else if (values.Count > 1)
            {
                Fail(name, "give it once", []);
            }
        }
    }

    /// <summary>The register and area tree of the whole request.</summary>
    public SeriesCatalog Catalog { get; }

    /// <summary>The first thing amiss, or null.</summary>
    public IResult? Problem { get; private set; }

    /// <summary>The series meant by <c>metric</c>, <c>device</c>, <c>area</c> and <c>kind</c>.</summary>
    public SeriesSelection Selection() => Catalog.Select(Text("metric"), Text("device"), Area(), Kind());

    /// <summary>The range of <c>from</c> and <c>to</c>: RFC 3339 or Unix ms; by default the hour up to <paramref name="now"/>.</summary>
    public (EventTime From, EventTime To) Range(EventTime now)
    {
        EventTime to = Time("to", now);
        EventTime from = Time("from", to - RangeByDefault);
        if (from >= to)
        {
            Fail("from", $"from ({from}) must be earlier than to ({to})", []);
        }

        return (from, to);
    }

    /// <summary>The whole query.</summary>
    public SeriesQuery Query(EventTime now)
    {
        string? metric = Text("metric");
        if (metric is null)
        {
            Fail("metric", "name the metric to query", Metrics());
        }

        (EventTime from, EventTime to) = Range(now);
        TimeSpan? step = Step();
        if (step is null && Text("agg") is not null)
        {
            Fail("step", "an aggregate needs a step, for example step=5m; without one the points are given", []);
        }

        return new SeriesQuery
        {
            Metric = metric ?? "",
            DeviceId = Text("device"),
            Area = Area(),
            Kind = Kind(),
            From = from,
            To = to,
            Step = step,
            Aggregate = Named("agg", SeriesAggregate.Avg),
            Grouping = Named("group", SeriesGrouping.Series),
        };
    }

    /// <summary>Whether <c>format</c> is csv, the default, and not ndjson.</summary>
    public bool IsCsv()
    {
        string format = Text("format") ?? "csv";
        if (format is not ("csv" or "ndjson"))
        {
            Fail("format", "there is no such format", ["csv", "ndjson"]);
        }

        return format != "ndjson";
    }

    /// <summary>Whether <c>gzip</c> is there and is not <c>0</c> or <c>false</c>.</summary>
    public bool AsksGzip()
    {
        if (!_query.TryGetValue("gzip", out StringValues value))
        {
            return false;
        }

        string text = value.ToString();
        if (text is not ("" or "1" or "true" or "0" or "false"))
        {
            Fail("gzip", "say gzip, gzip=true or gzip=false", ["true", "false"]);
        }

        return text is not ("0" or "false");
    }

    private string? Text(string name) => _query.TryGetValue(name, out StringValues value) && !StringValues.IsNullOrEmpty(value) ? value.ToString() : null;

    private string? Area()
    {
        string? area = Text("area");
        if (area is not null && Catalog.Areas.Find(area) is null)
        {
            Fail("area", "the area tree has no unit of this code; GET /api/v1/areas lists them", []);
        }

        return area;
    }

    private string? Kind()
    {
        string? kind = Text("kind");
        if (kind is not null && Catalog.Devices.Profiles.All(p => p.Kind != kind))
        {
            Fail("kind", "no profile is of this kind", [.. Catalog.Devices.Profiles.Select(p => p.Kind)]);
        }

        return kind;
    }

    private string[] Metrics() =>
        [.. Catalog.Devices.Profiles.SelectMany(p => p.Fields).Where(f => f.IsNumeric).Select(f => f.Name).Distinct().Order(StringComparer.Ordinal)];

    private EventTime Time(string name, EventTime byDefault)
    {
        if (Text(name) is not { } text)
        {
            return byDefault;
        }

        if (!EventTime.TryParse(text, out EventTime time))
        {
            Fail(name, "a time is RFC 3339 (2026-01-27T09:00:00Z; write + as %2B) or Unix milliseconds", []);
        }

        return time;
    }

    private TimeSpan? Step()
    {
        if (Text("step") is not { } text)
        {
            return null;
        }

        double unitSeconds = text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, _ => 0 };
        ReadOnlySpan<char> digits = unitSeconds == 0 ? text : text.AsSpan(0, text.Length - 1);
        bool isNumber = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number);
        double seconds = number * Math.Max(1, unitSeconds);
        if (!isNumber || seconds < 1 || seconds > StepLimit.TotalSeconds)
        {
            Fail("step", "a step is a whole number of seconds, or with a unit: 10s, 5m, 1h, 1d; from 1s to 366d", []);
            return null;
        }

        return TimeSpan.FromSeconds(seconds);
    }

    // By name only: Enum.Parse would take numbers and lists too.
    private T Named<T>(string name, T byDefault)
        where T : struct, Enum
    {
        if (Text(name) is not { } text)
        {
            return byDefault;
        }

        foreach (T value in Enum.GetValues<T>())
        {
            if (string.Equals(value.ToString(), text, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        Fail(name, "there is no such choice", [.. Enum.GetNames<T>().Select(n => n.ToLowerInvariant())]);
        return byDefault;
    }

    private void Fail(string parameter, string detail, IReadOnlyList<string> allowed) =>
        Problem ??= SeriesProblem.Of(parameter, $"{parameter}: {detail}", allowed);
}
