using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;

namespace Gateway.Host.Cases;

/// <summary>Which cases to list; what is null does not matter.</summary>
internal sealed record CaseFilter
{
    /// <summary>Any of these statuses.</summary>
    public IReadOnlyList<CaseStatus>? Statuses { get; init; }

    /// <summary>Code of any unit of the area tree: cases in it or below it, as the tree stood on their day.</summary>
    public string? Area { get; init; }

    /// <summary>Event kind, exact, or a family <c>flood.*</c>.</summary>
    public string? Event { get; init; }

    /// <summary>Opened at this time or later.</summary>
    public EventTime? From { get; init; }

    /// <summary>Opened before this time.</summary>
    public EventTime? To { get; init; }
}

/// <summary>One page of a list.</summary>
/// <param name="Cases">The cases, newest first.</param>
/// <param name="Next">Where the next page begins; null on the last one.</param>
internal sealed record CasePage(IReadOnlyList<Case> Cases, CaseCursor? Next);

/// <summary>What is counted of one case, and where.</summary>
/// <param name="Figures">What is counted.</param>
/// <param name="Lead">Who leads; empty before dispatch.</param>
/// <param name="AreaPath">Its units, from the lowest to the city, as the area tree stood on its day.</param>
internal readonly record struct CaseAtWork(CaseFigures Figures, string Lead, IReadOnlyList<string> AreaPath);

/// <summary>An event with its place among the events of all cases.</summary>
internal sealed record SequencedEvent(long Sequence, CaseEvent Event);

/// <summary>
/// A place in a list: after the case opened at a time with a number. Cases filed since do not move it, so pages neither skip nor repeat.
/// </summary>
/// <param name="OpenedAt">When the last case of the page was opened.</param>
/// <param name="Number">Its number's sequence.</param>
internal sealed record CaseCursor(EventTime OpenedAt, long Number)
{
    /// <summary>Opaque text for a URL.</summary>
    public override string ToString() =>
        Base64Url.EncodeToString(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{OpenedAt.UnixMilliseconds}.{Number}")));

    /// <summary>Reads what <see cref="ToString"/> wrote; false for anything else.</summary>
    public static bool TryParse(string text, out CaseCursor? cursor)
    {
        cursor = null;
        byte[] bytes = new byte[text.Length];
        if (!Base64Url.IsValid(text) || !Base64Url.TryDecodeFromChars(text, bytes, out int lengthBytes))
        {
            return false;
        }

        string[] parts = Encoding.ASCII.GetString(bytes, 0, lengthBytes).Split('.');
        if (parts.Length != 2
            || !long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long openedAt)
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long number))
        {
            return false;
        }

        cursor = new CaseCursor(new EventTime(openedAt), number);
        return true;
    }
}
