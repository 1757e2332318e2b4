namespace Gateway.Rules.Files.Readers;

/// <summary>Where a CSV cell stands in the text; quotes are not part of it.</summary>
/// <param name="Start">Offset of its first character.</param>
/// <param name="Length">Length in characters.</param>
/// <param name="Line">Line of its first character, from 1.</param>
/// <param name="Column">Column of its first character, from 1.</param>
/// <param name="HasDoubledQuotes">Whether <c>""</c> inside stands for <c>"</c>.</param>
internal readonly record struct CsvCell(int Start, int Length, int Line, int Column, bool HasDoubledQuotes);

/// <summary>
/// Splits CSV text into rows of cells (RFC 4180: comma, CRLF or LF, quotes doubled inside quotes), without allocating. Lines that are
/// empty are skipped. After a row with a fault it goes on with the next line.
/// </summary>
internal ref struct CsvScanner(ReadOnlySpan<char> text)
{
    private readonly ReadOnlySpan<char> _text = text;
    private int _position;
    private int _lineStart;
    private int _line = 1;

    /// <summary>What is wrong with the last row, or null.</summary>
    public string? Fault { get; private set; }

    /// <summary>Line of the fault.</summary>
    public int FaultLine { get; private set; }

    /// <summary>Column of the fault.</summary>
    public int FaultColumn { get; private set; }

    /// <summary>Reads the next row; false at the end.</summary>
    /// <param name="cells">Takes the cells that fit.</param>
    /// <param name="count">How many cells the row has, more than fit perhaps.</param>
    public bool TryReadRow(scoped Span<CsvCell> cells, out int count)
    {
        count = 0;
        Fault = null;
        SkipEmptyLines();
        if (_position >= _text.Length)
        {
            return false;
        }

        while (true)
        {
            CsvCell cell = _position < _text.Length && _text[_position] == '"' ? ReadQuoted() : ReadPlain();
            if (Fault is not null)
            {
                SkipLine();
                return true;
            }

            if (count < cells.Length)
            {
                cells[count] = cell;
            }

            count++;
            if (_position < _text.Length && _text[_position] == ',')
            {
                _position++;
                continue;
            }

            EndLine();
            return true;
        }
    }

    /// <summary>The text of a cell; allocates only when quotes inside must be undoubled.</summary>
    public readonly ReadOnlySpan<char> Text(CsvCell cell)
    {
        ReadOnlySpan<char> raw = _text.Slice(cell.Start, cell.Length);
        return cell.HasDoubledQuotes ? raw.ToString().Replace("\"\"", "\"", StringComparison.Ordinal) : raw;
    }

    private CsvCell ReadPlain()
    {
        ReadOnlySpan<char> rest = _text[_position..];
        int length = rest.IndexOfAny(',', '\n', '"');
        length = length < 0 ? rest.Length : length;
        if (length < rest.Length && rest[length] == '"')
        {
            return Fail(_position + length, "a quote inside a cell that does not begin with one");
        }

        int start = _position;
        _position += length;
        bool carriageReturn = length > 0 && rest[length - 1] == '\r' && (length == rest.Length || rest[length] == '\n');
        return new CsvCell(start, carriageReturn ? length - 1 : length, _line, start - _lineStart + 1, false);
    }

    private CsvCell ReadQuoted()
    {
        int quote = _position;
        (int line, int lineStart) = (_line, _lineStart);
        int start = quote + 1;
        bool doubled = false;
        int at = start;
        while (true)
        {
            int next = _text[at..].IndexOfAny('"', '\n');
            if (next < 0)
            {
                // The place is where it was opened, and reading goes on with the line after that.
                (_line, _lineStart) = (line, lineStart);
                return Fail(quote, "a quote that is never closed");
            }

            at += next;
            if (_text[at] == '\n')
            {
                _line++;
                _lineStart = ++at;
            }
            else if (at + 1 < _text.Length && _text[at + 1] == '"')
            {
                doubled = true;
                at += 2;
            }
            else
            {
                break;
            }
        }

        _position = at + 1;
        ReadOnlySpan<char> after = _text[_position..];
        if (after is not [] and not [',' or '\n', ..] and not ['\r'] and not ['\r', '\n', ..])
        {
            return Fail(_position, "text after a closing quote");
        }

        return new CsvCell(start, at - start, line, start - lineStart + 1, doubled);
    }

    private CsvCell Fail(int offset, string fault)
    {
        _position = offset;
        (Fault, FaultLine, FaultColumn) = (fault, _line, offset - _lineStart + 1);
        return default;
    }

    private void SkipEmptyLines()
    {
        while (_position < _text.Length && _text[_position] is '\r' or '\n')
        {
            EndLine();
        }
    }

    private void SkipLine()
    {
        int newline = _text[_position..].IndexOf('\n');
        _position = newline < 0 ? _text.Length : _position + newline;
        EndLine();
    }

    private void EndLine()
    {
        if (_position < _text.Length && _text[_position] == '\r')
        {
            _position++;
        }

        if (_position < _text.Length && _text[_position] == '\n')
        {
            _position++;
            _line++;
            _lineStart = _position;
        }
    }
}
