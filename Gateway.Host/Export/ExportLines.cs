using System.IO.Compression;

namespace Gateway.Host.Export;

/// <summary>
/// A file of lines while it is read back. What the list of files says of it is the bound: a packed file that unfolds to more ends there with an
/// error. Memory is one line.
/// </summary>
internal sealed class ExportLines : IDisposable
{
    private readonly ExportedFile _file;
    private readonly Stream _stream;
    private readonly int _limitBytes;
    private readonly long _textLengthBytes;
    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;
    private long _read;

    /// <summary>Opens a file.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="file">What the list says of it.</param>
    /// <param name="limitBytes">Longest line.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public ExportLines(string path, ExportedFile file, int limitBytes)
    {
        (_file, _limitBytes, _textLengthBytes) = (file, limitBytes, file.TextLengthBytes ?? file.LengthBytes);
        FileStream packed = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        _stream = file.Name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(packed, CompressionMode.Decompress) : packed;
    }

    /// <summary>Number of the latest line, from 1.</summary>
    public long Number { get; private set; }

    /// <summary><c>cases.ndjson.gz:17</c>.</summary>
    public string Place => FormattableString.Invariant($"{_file.Name}:{Number}");

    /// <summary>What is wrong with the latest line, as the error it is.</summary>
    public ExportException Wrong(string problem) => WrongAt(Number, problem);

    /// <summary>The same of an earlier line.</summary>
    public ExportException WrongAt(long number, string problem) => new(FormattableString.Invariant($"{_file.Name}:{number}: {problem}; take an export that is as it was made"));

    /// <summary>The next line without its end, which holds until the next call; false behind the last one.</summary>
    /// <exception cref="ExportException">The file is not what the list says.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public bool TryNext(out ReadOnlyMemory<byte> line)
    {
        for (int searched = _start; ;)
        {
            int at = _buffer.AsSpan(searched, _end - searched).IndexOf((byte)'\n');
            if (at >= 0)
            {
                Number++;
                line = _buffer.AsMemory(_start, searched + at - _start);
                _start = searched + at + 1;
                if (line.Length > _limitBytes)
                {
                    throw TooLong();
                }

                return true;
            }

            if (_end - _start > _limitBytes)
            {
                Number++;
                throw TooLong();
            }

            searched = Fill();
            if (searched < 0)
            {
                line = default;
                return End();
            }
        }
    }

    /// <inheritdoc />
    public void Dispose() => _stream.Dispose();

    /// <summary>Reads on; returns where what is new begins, or -1 at the end.</summary>
    private int Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, (int)Math.Min(2L * _buffer.Length, _limitBytes + (1L << 17)));
        }

        int before = _end, read;
        try
        {
            read = _stream.Read(_buffer, _end, _buffer.Length - _end);
        }
        catch (InvalidDataException e)
        {
            throw new ExportException($"{_file.Name}: cannot be unpacked behind line {Number}: {e.Message}; take an export that is as it was made", e);
        }

        _end += read;
        _read += read;
        return _read > _textLengthBytes
            ? throw new ExportException(FormattableString.Invariant($"{_file.Name}: unfolds to more than the {_textLengthBytes} bytes that {ExportFormat.Files} says; take an export that is as it was made"))
            : read == 0 ? -1 : before;
    }

    private bool End()
    {
        if (_end > _start)
        {
            Number++;
            throw Wrong("it is cut off: the file ends without the end of the line");
        }

        return _read == _textLengthBytes && Number == (_file.Lines ?? Number)
            ? false
            : throw new ExportException(FormattableString.Invariant($"{_file.Name}: has {Number} lines in {_read} bytes, {ExportFormat.Files} says {_file.Lines} in {_textLengthBytes}; take an export that is as it was made"));
    }

    private ExportException TooLong() => Wrong(FormattableString.Invariant($"it is longer than {_limitBytes} bytes, which nothing that a gateway writes is"));
}
