using Microsoft.Win32.SafeHandles;

namespace Gateway.Host.IngestLog.Inspection;

/// <summary>
/// A segment as somebody beside the gateway sees it: read only, without a lock, and it may grow, be cut or be deleted meanwhile.
/// </summary>
/// <param name="Path">The file.</param>
/// <param name="File">Open for reading.</param>
/// <param name="Header">What its header says; null where it is none of this format.</param>
/// <param name="Fault">Why there is no header; empty when there is, or when the file was created and never used.</param>
internal sealed record SegmentFile(string Path, SafeFileHandle File, LogSegment.Header? Header, string Fault) : IDisposable
{
    /// <summary>File name.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>All segments of a log in the order of their names, which is that of their offsets.</summary>
    /// <exception cref="IOException">The directory or a file cannot be read.</exception>
    public static List<SegmentFile> OpenAll(string directory)
    {
        List<SegmentFile> files = [];
        foreach (string path in Directory.EnumerateFiles(directory, "*" + LogSegment.Extension).Order(StringComparer.Ordinal))
        {
            try
            {
                files.Add(Open(path));
            }
            catch (FileNotFoundException)
            {
                // A running gateway has retired it since it was listed: it is no longer part of the log.
            }
        }

        return files;
    }

    /// <inheritdoc />
    public void Dispose() => File.Dispose();

    private static SegmentFile Open(string path)
    {
        SafeFileHandle file = System.IO.File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] bytes = new byte[LogSegment.HeaderLengthBytes];
        int read = RandomAccess.Read(file, bytes, 0);
        if (!LogSegment.TryReadHeader(bytes.AsSpan(0, read), out LogSegment.Header header, out byte version))
        {
            bool unused = bytes.AsSpan().IndexOfAnyExcept((byte)0) < 0;
            return new SegmentFile(path, file, null, unused ? "" : "the segment header is damaged: none of its records can be read");
        }

        if (version != LogSegment.Version)
        {
            return new SegmentFile(path, file, null, $"the segment is in format {version}, this program reads format {LogSegment.Version}");
        }

        return new SegmentFile(path, file, header, "");
    }
}
