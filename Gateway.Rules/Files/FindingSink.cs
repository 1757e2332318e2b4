using System.Text;

namespace Gateway.Rules.Files;

/// <summary>Collects the findings of all files. Bounded: a file that is wrong in every line cannot fill the memory. Not thread-safe.</summary>
internal sealed class FindingSink
{
    /// <summary>Findings kept of one file, and the first of every code; the rest are counted and told in one finding.</summary>
    public const int FindingsPerFileLimit = 1_000;

    private const int QuoteLengthLimit = 60;

    private readonly List<Finding> _findings = [];
    private readonly Dictionary<string, int> _countByFile = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _keptByFile = new(StringComparer.Ordinal);
    private readonly HashSet<(string File, string Code)> _codesByFile = [];

    /// <summary>Whether an error was added.</summary>
    public bool HasErrors { get; private set; }

    /// <summary>Findings added so far, those over the limit too.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a finding; without <paramref name="fix"/> the code's own advice is used.</summary>
    public void Add(FindingCode code, SourceLocation location, string message, string? fix = null)
    {
        Count++;
        int count = _countByFile[location.File] = _countByFile.GetValueOrDefault(location.File) + 1;
        bool isFirstOfItsCode = _codesByFile.Add((location.File, code.Code));
        if (count <= FindingsPerFileLimit || isFirstOfItsCode)
        {
            _keptByFile[location.File] = _keptByFile.GetValueOrDefault(location.File) + 1;
            HasErrors |= code.Level == FindingLevel.Error;
            _findings.Add(new Finding(code.Level, code.Code, location, message, fix ?? code.Fix));
        }
    }

    /// <summary>All findings by file, line and column.</summary>
    public IReadOnlyList<Finding> ToSortedList()
    {
        IEnumerable<Finding> overflow = _countByFile
            .Where(f => f.Value > _keptByFile[f.Key])
            .Select(f => new Finding(
                FindingLevel.Error,
                FindingCodes.MoreFindings.Code,
                new SourceLocation(f.Key, 1, 1),
                $"{f.Value - _keptByFile[f.Key]} more findings in this file are not shown",
                FindingCodes.MoreFindings.Fix));
        return [.. _findings.Concat(overflow)
            .OrderBy(f => f.Location.File, StringComparer.Ordinal)
            .ThenBy(f => f.Location.Line)
            .ThenBy(f => f.Location.Column)];
    }

    /// <summary>
    /// A text of a file as it may stand in a message: quoted, cut, and without control characters, because files are untrusted and
    /// messages go to terminals and logs.
    /// </summary>
    public static string Quote(ReadOnlySpan<char> text)
    {
        StringBuilder quoted = new("'");
        ReadOnlySpan<char> shown = text.Length > QuoteLengthLimit ? text[..QuoteLengthLimit] : text;
        foreach (char c in shown)
        {
            quoted.Append(char.IsControl(c) || char.IsSurrogate(c) || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.Format ? '?' : c);
        }

        return quoted.Append(text.Length > QuoteLengthLimit ? "...'" : "'").ToString();
    }
}
