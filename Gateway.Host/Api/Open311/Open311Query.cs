using System.Globalization;
using Gateway.Protocols.Readings;
using Gateway.Rules.Areas;
using Gateway.Rules.Cases;

namespace Gateway.Host.Api.Open311;

/// <summary>Query parameters of <c>requests</c>, as given.</summary>
/// <param name="Jurisdiction">jurisdiction_id.</param>
/// <param name="RequestIds">service_request_id.</param>
/// <param name="ServiceCodes">service_code.</param>
/// <param name="StartDate">start_date.</param>
/// <param name="EndDate">end_date.</param>
/// <param name="Status">status.</param>
/// <param name="Page">page.</param>
/// <param name="PageSize">page_size.</param>
internal readonly record struct Open311Parameters(
    string? Jurisdiction, string? RequestIds, string? ServiceCodes, string? StartDate, string? EndDate, string? Status, string? Page, string? PageSize);

/// <summary>What <c>requests</c> asks for. Immutable.</summary>
internal sealed record Open311Query
{
    /// <summary>Days a question may span, and spans when it does not say (GeoReport v2, GET service requests).</summary>
    public static readonly TimeSpan SpanLimit = TimeSpan.FromDays(90);

    /// <summary>Requests of one answer at most, and unless said.</summary>
    public const int PageSizeLimit = 1000;

    /// <summary>Requests that may be paged through; beyond, the dates must be narrower.</summary>
    public const int DepthLimit = 20_000;

    /// <summary>Numbers asked for by name at most.</summary>
    public const int IdCountLimit = 100;

    /// <summary>Area code; null for the whole city.</summary>
    public string? Area { get; init; }

    /// <summary>Case numbers, which override everything else; null for none.</summary>
    public IReadOnlyList<string>? RequestIds { get; init; }

    /// <summary>Event kinds; null for all.</summary>
    public IReadOnlyList<string>? ServiceCodes { get; init; }

    /// <summary>Opened at this time or later.</summary>
    public EventTime From { get; init; }

    /// <summary>Opened before this time.</summary>
    public EventTime To { get; init; }

    /// <summary>Statuses of cases; null for all.</summary>
    public IReadOnlyList<CaseStatus>? Statuses { get; init; }

    /// <summary>Requests to pass over.</summary>
    public int Skip { get; init; }

    /// <summary>Requests to answer with at most.</summary>
    public int Take { get; init; }

    /// <summary>Reads the parameters; every error is told at once.</summary>
    /// <param name="given">As given; an empty one is an absent one.</param>
    /// <param name="areas">Areas of today: each is a jurisdiction.</param>
    /// <param name="now">The gateway's time.</param>
    /// <param name="errors">What cannot be; empty when the query can be used.</param>
    public static Open311Query Read(Open311Parameters given, AreaTree areas, EventTime now, out List<Open311Error> errors)
    {
        errors = [];
        CheckJurisdiction(given.Jurisdiction, areas, errors);
        IReadOnlyList<string>? ids = Parts(given.RequestIds);
        if (ids is { Count: > IdCountLimit })
        {
            errors.Add(new Open311Error(400, $"service_request_id names at most {IdCountLimit}"));
        }

        (EventTime from, EventTime to) = ids is null ? ReadSpan(given, now, errors) : default;
        (int skip, int take) = ReadPage(given, errors);
        return new Open311Query
        {
            Area = string.IsNullOrEmpty(given.Jurisdiction) ? null : given.Jurisdiction,
            RequestIds = ids,
            ServiceCodes = Parts(given.ServiceCodes),
            From = from,
            To = to,
            Statuses = ReadStatuses(given.Status, errors),
            Skip = skip,
            Take = take,
        };
    }

    /// <summary>Adds an error where there is no such jurisdiction.</summary>
    public static void CheckJurisdiction(string? jurisdiction, AreaTree areas, List<Open311Error> errors)
    {
        if (!string.IsNullOrEmpty(jurisdiction) && areas.Find(jurisdiction) is null)
        {
            errors.Add(new Open311Error(404, "jurisdiction_id was not found: it is an area code of /api/v1/areas, or left out for the whole city"));
        }
    }

    private static (EventTime From, EventTime To) ReadSpan(Open311Parameters given, EventTime now, List<Open311Error> errors)
    {
        // The plus of an offset that was not written %2B arrives as a space.
        if (!QueryText.TryTime("start_date", given.StartDate?.Replace(' ', '+'), out EventTime? start, out string error))
        {
            errors.Add(new Open311Error(400, error));
        }

        if (!QueryText.TryTime("end_date", given.EndDate?.Replace(' ', '+'), out EventTime? end, out error))
        {
            errors.Add(new Open311Error(400, error));
        }

        EventTime last = end ?? (start is { } begun ? begun + SpanLimit : now);
        EventTime first = start ?? last - SpanLimit;
        if (last < first)
        {
            errors.Add(new Open311Error(400, "end_date is before start_date"));
        }
        else if (last - first > SpanLimit)
        {
            errors.Add(new Open311Error(400, "start_date and end_date span at most 90 days"));
        }

        return (first, last + TimeSpan.FromMilliseconds(1)); // the end is part of the span
    }

    private static (int Skip, int Take) ReadPage(Open311Parameters given, List<Open311Error> errors)
    {
        bool isPage = TryNumber(given.Page, 1, DepthLimit, out int page);
        bool isSize = TryNumber(given.PageSize, PageSizeLimit, PageSizeLimit, out int size);
        if (!isPage)
        {
            errors.Add(new Open311Error(400, "page is a number from 1"));
        }

        if (!isSize)
        {
            errors.Add(new Open311Error(400, $"page_size is a number from 1 to {PageSizeLimit}"));
        }

        if (isPage && isSize && (long)page * size > DepthLimit)
        {
            errors.Add(new Open311Error(400, string.Create(CultureInfo.InvariantCulture, $"page and page_size reach {DepthLimit} requests at most: ask for fewer days")));
            return default;
        }

        return ((page - 1) * size, size);
    }

    private static IReadOnlyList<CaseStatus>? ReadStatuses(string? text, List<Open311Error> errors)
    {
        if (Parts(text) is not { } words)
        {
            return null;
        }

        if (words.Any(w => w is not ("open" or "closed")))
        {
            errors.Add(new Open311Error(400, "status is open, closed, or both separated by a comma"));
        }

        return [.. Enum.GetValues<CaseStatus>().Where(s => words.Contains(s.IsOpen() ? "open" : "closed"))];
    }

    private static bool TryNumber(string? text, int byDefault, int maximum, out int number)
    {
        number = byDefault;
        return string.IsNullOrEmpty(text) || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= 1 && number <= maximum);
    }

    private static IReadOnlyList<string>? Parts(string? text)
    {
        string[] parts = (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return parts.Length == 0 ? null : parts;
    }
}
