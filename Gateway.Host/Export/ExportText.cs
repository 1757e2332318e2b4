using System.Buffers;
using System.IO.Compression;
using System.Text.Json;

namespace Gateway.Host.Export;

/// <summary>A file of lines while it is written. Nothing is in the list of files before <see cref="Finish"/>.</summary>
internal sealed class ExportText : IDisposable
{
    private const int FlushAboveBytes = 1 << 16;

    /// <summary>RFC 1952: no date, an empty block, and the CRC and length of nothing.</summary>
    private static ReadOnlySpan<byte> EmptyGzip => [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private readonly string _name;
    private readonly HashedStream _file;
    private readonly HashedStream? _text;
    private readonly ArrayBufferWriter<byte> _buffer = new(2 * FlushAboveBytes);
    private readonly Utf8JsonWriter _json;
    private readonly int _limitBytes;
    private long _lines;

    /// <summary>Begins a file.</summary>
    /// <param name="name">Its name in the export: with .gz it is packed.</param>
    /// <param name="stream">Where to.</param>
    /// <param name="limitBytes">Longest line.</param>
    public ExportText(string name, Stream stream, int limitBytes = ExportFormat.LineLimitBytes)
    {
        (_name, _limitBytes) = (name, limitBytes);
        _file = new HashedStream(stream);
        _text = name.EndsWith(".gz", StringComparison.Ordinal) ? new HashedStream(new GZipStream(_file, CompressionLevel.Fastest, leaveOpen: true)) : null;
        _json = new Utf8JsonWriter(_buffer, ExportFormat.WriterOptions);
    }

    /// <summary>Lines so far.</summary>
    public long Lines => _lines;

    /// <summary>Where the next line is written to, for whoever writes it with <see cref="End"/> as bytes.</summary>
    public IBufferWriter<byte> Buffer => _buffer;

    /// <summary>Writes a line that is an object.</summary>
    /// <exception cref="ExportException">It is longer than can be read back.</exception>
    public void Line<T>(T value, Action<Utf8JsonWriter, T> write)
    {
        int before = _buffer.WrittenCount;
        _json.Reset();
        write(_json, value);
        _json.Flush();
        if (_buffer.WrittenSpan[before..].Contains((byte)'\n'))
        {
            throw new ExportException($"line {_lines + 1} of {_name} would be two: what is stored was not written by a gateway; see audit verify");
        }

        _buffer.Write("\n"u8);
        End(_buffer.WrittenCount - before);
    }

    /// <summary>A line is in <see cref="Buffer"/>, with its end.</summary>
    /// <exception cref="ExportException">It is longer than can be read back.</exception>
    public void End(int lengthBytes = 0)
    {
        _lines++;
        if (lengthBytes > _limitBytes)
        {
            throw new ExportException(FormattableString.Invariant($"line {_lines} of {_name} has {lengthBytes} bytes, more than the {_limitBytes} that are read back: what is stored was not written by a gateway; see audit verify"));
        }

        if (_buffer.WrittenCount > FlushAboveBytes)
        {
            Drain();
        }
    }

    /// <summary>Ends the file.</summary>
    public ExportedFile Finish()
    {
        Drain();
        _text?.Dispose();
        if (_text is { Length: 0 })
        {
            _file.Write(EmptyGzip); // the stream writes nothing then, which gunzip does not take
        }

        return new ExportedFile(_name, _file.Length, _file.Sha256(), _lines, _text?.Length, _text?.Sha256());
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _json.Dispose();
        _file.Dispose();
    }

    private void Drain()
    {
        ((Stream?)_text ?? _file).Write(_buffer.WrittenSpan);
        _buffer.ResetWrittenCount();
    }
}
