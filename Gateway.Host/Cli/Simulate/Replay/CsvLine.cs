namespace Gateway.Host.Cli.Simulate.Replay;

/// <summary>One line of a CSV file (RFC 4180, without line breaks inside quotes).</summary>
internal static class CsvLine
{
    /// <summary>A cell.</summary>
    /// <param name="Text">Its text without quotes and outer blanks.</param>
    /// <param name="Column">Where it begins, from 1, in characters.</param>
    public readonly record struct Cell(string Text, int Column);

    /// <summary>Splits a line; false with the place of a quote that is never closed, or of text after a closing quote.</summary>
    public static bool TrySplit(string line, List<Cell> cells, out int errorColumn)
    {
        cells.Clear();
        int at = 0;
        while (true)
        {
            int start = at;
            bool quoted = at < line.Length && line[at] == '"';
            int end = quoted ? EndOfQuoted(line, at) : EndOfPlain(line, at);
            if (end < 0 || (end < line.Length && line[end] != ','))
            {
                errorColumn = (end < 0 ? start : end) + 1;
                return false;
            }

            string text = quoted ? line[(start + 1)..(end - 1)].Replace("\"\"", "\"", StringComparison.Ordinal) : line[start..end].Trim();
            cells.Add(new Cell(text, start + 1));
            if (end >= line.Length)
            {
                errorColumn = 0;
                return true;
            }

            at = end + 1;
        }
    }

    private static int EndOfPlain(string line, int start)
    {
        int comma = line.IndexOf(',', start);
        return comma < 0 ? line.Length : comma;
    }

    private static int EndOfQuoted(string line, int start)
    {
        int at = start + 1;
        while (true)
        {
            int quote = line.IndexOf('"', at);
            if (quote < 0)
            {
                return -1;
            }

            if (quote + 1 >= line.Length || line[quote + 1] != '"')
            {
                return quote + 1;
            }

            at = quote + 2;
        }
    }
}
