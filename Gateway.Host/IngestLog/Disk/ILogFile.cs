namespace Gateway.Host.IngestLog.Disk;

/// <summary>A file of the log. One writer, any number of readers at once; errors as with <see cref="ILogDisk"/>.</summary>
internal interface ILogFile : IDisposable
{
    /// <summary>Bytes of the file.</summary>
    long LengthBytes { get; }

    /// <summary>Reads at a place; fewer bytes than asked, or none, at the end.</summary>
    int Read(Span<byte> destination, long position);

    /// <summary>Writes everything at a place; after an error any part of it may be there.</summary>
    void Write(ReadOnlySpan<byte> source, long position);

    /// <summary>Makes the data, and the length needed to read it, durable. After an error what was written must be taken for lost.</summary>
    void SyncData();

    /// <summary>Makes the file and its metadata durable; errors as with <see cref="SyncData"/>.</summary>
    void Sync();

    /// <summary>Cuts or extends it.</summary>
    void SetLength(long lengthBytes);
}
