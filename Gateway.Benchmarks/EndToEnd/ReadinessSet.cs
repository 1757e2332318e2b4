using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Benchmarks.EndToEnd;

/// <summary>
/// Which of many sockets can be read or written, by epoll: one call tells of all that are ready, so a thousand connections cost one
/// thread. An event in memory, which only x64 packs:
/// <code>events (4) | elsewhere than x64: padding (4) | our number of the socket (8)</code>
/// </summary>
internal sealed partial class ReadinessSet : IDisposable
{
    /// <summary>Something to read, or the end.</summary>
    public const uint Readable = 0x1;

    /// <summary>Room to write.</summary>
    public const uint Writable = 0x4;

    private const int EventLimit = 512;
    private const int OperationAdd = 1;
    private const int OperationModify = 3;
    private const int Interrupted = 4; // EINTR

    private static readonly int DataAt = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventLengthBytes = DataAt + 8;

    private readonly byte[] _events = new byte[EventLimit * EventLengthBytes];
    private readonly SafeFileHandle _set = new(LinuxCalls.Check(Create(0), "epoll_create1"), ownsHandle: true);

    /// <summary>Watches a socket for reading.</summary>
    public void Add(Socket socket, int number) => Change(OperationAdd, socket, number, Readable);

    /// <summary>Changes what a socket is watched for.</summary>
    public void Watch(Socket socket, int number, uint events) => Change(OperationModify, socket, number, events);

    /// <summary>Waits until something is ready, at most so long, and says of how many; see <see cref="this[int]"/>.</summary>
    public int Wait(int timeoutMilliseconds)
    {
        int ready = Wait(_set, _events, EventLimit, timeoutMilliseconds);
        return ready < 0 && Marshal.GetLastPInvokeError() == Interrupted ? 0 : LinuxCalls.Check(ready, "epoll_wait");
    }

    /// <summary>One of what the last wait found.</summary>
    public (int Number, uint Events) this[int index]
    {
        get
        {
            ReadOnlySpan<byte> found = _events.AsSpan(index * EventLengthBytes, EventLengthBytes);
            return ((int)BinaryPrimitives.ReadInt64LittleEndian(found[DataAt..]), BinaryPrimitives.ReadUInt32LittleEndian(found));
        }
    }

    /// <inheritdoc />
    public void Dispose() => _set.Dispose();

    private void Change(int operation, Socket socket, int number, uint events)
    {
        Span<byte> wanted = stackalloc byte[EventLengthBytes];
        wanted.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(wanted, events);
        BinaryPrimitives.WriteInt64LittleEndian(wanted[DataAt..], number);
        LinuxCalls.Check(Control(_set, operation, socket.SafeHandle, wanted), "epoll_ctl");
    }

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int Create(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle set, int operation, SafeHandle socket, Span<byte> wanted);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static partial int Wait(SafeFileHandle set, Span<byte> events, int limit, int timeoutMilliseconds);
}
