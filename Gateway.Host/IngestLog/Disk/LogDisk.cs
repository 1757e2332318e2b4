using Gateway.Host.Storage;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Host.IngestLog.Disk;

/// <summary>The system's file system. Safe for threads.</summary>
internal sealed class LogDisk : ILogDisk
{
    /// <summary>The only one.</summary>
    public static LogDisk Instance { get; } = new();

    /// <inheritdoc />
    public void CreateDirectory(string path) => DurableFile.CreateDirectory(path);

    /// <inheritdoc />
    public IEnumerable<string> Segments(string directory) => Directory.EnumerateFiles(directory, "*" + LogSegment.Extension);

    /// <inheritdoc />
    public ILogFile Create(string path, long preallocationBytes)
    {
        SafeFileHandle file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, FileOptions.None, preallocationBytes);
        if (OperatingSystem.IsLinux())
        {
            try
            {
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }

        return new LogFile(file);
    }

    /// <inheritdoc />
    public ILogFile Open(string path) => new LogFile(File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete));

    /// <inheritdoc />
    public void Delete(string path) => File.Delete(path);

    /// <inheritdoc />
    public void SyncDirectory(string path) => DurableFile.SyncDirectory(path);

    private sealed class LogFile(SafeFileHandle file) : ILogFile
    {
        public long LengthBytes => RandomAccess.GetLength(file);

        public int Read(Span<byte> destination, long position) => RandomAccess.Read(file, destination, position);

        public void Write(ReadOnlySpan<byte> source, long position) => RandomAccess.Write(file, source, position);

        public void SyncData() => DurableFile.SyncData(file);

        public void Sync() => DurableFile.Sync(file);

        public void SetLength(long lengthBytes) => RandomAccess.SetLength(file, lengthBytes);

        public void Dispose() => file.Dispose();
    }
}
