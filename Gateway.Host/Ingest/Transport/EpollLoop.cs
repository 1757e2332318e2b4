using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Gateway.Host.Ingest.Transport;

/// <summary>One thread that waits for many sockets (epoll, edge-triggered) and lets each be read as soon as it can be.</summary>
internal sealed partial class EpollLoop : IDisposable
{
    private const int CloseOnExec = 0x80000;
    private const int Add = 1;
    private const int Remove = 2;
    private const uint Readable = 0x001;
    private const uint Error = 0x008;
    private const uint HangUp = 0x010;
    private const uint PeerHangUp = 0x2000;
    private const uint EdgeTriggered = 1U << 31;
    private const int Interrupted = 4;
    private const int EventsAtOnce = 256;

    /// <summary>How long a loop that is to end may go on waiting.</summary>
    private const int WaitMilliseconds = 200;

    /// <summary>The kernel's struct epoll_event: four bytes of events and eight of data, packed on x86 alone.</summary>
    private static readonly int DataAt = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 ? 4 : 8;

    private readonly ConcurrentDictionary<long, DirectConnection> _connections = [];
    private readonly int _epoll;
    private readonly Thread _thread;
    private long _lastKey;
    private volatile bool _isEnding;

    /// <summary>Starts the thread.</summary>
    /// <param name="number">Of the loop, for the thread's name.</param>
    /// <exception cref="IOException">The system gives no epoll.</exception>
    public EpollLoop(int number)
    {
        _epoll = Checked(EpollCreate(CloseOnExec), "epoll_create1");
        _thread = new Thread(Run) { IsBackground = true, Name = $"mqtt sockets {number}" };
        _thread.Start();
    }

    private static int EventBytes => DataAt + sizeof(long);

    /// <summary>Waits for a connection's socket from here on; returns the key to <see cref="Forget"/> it by.</summary>
    /// <exception cref="IOException">The kernel refuses: it watches as many sockets as it may.</exception>
    public long Watch(DirectConnection connection, int descriptor)
    {
        long key = Interlocked.Increment(ref _lastKey);
        _connections[key] = connection;
        Span<byte> wanted = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(wanted, Readable | PeerHangUp | EdgeTriggered);
        BinaryPrimitives.WriteInt64LittleEndian(wanted[DataAt..], key);
        if (EpollControl(_epoll, Add, descriptor, ref MemoryMarshal.GetReference(wanted)) < 0)
        {
            _connections.TryRemove(key, out _);
            throw Failure("epoll_ctl");
        }

        return key;
    }

    /// <summary>Waits for it no more. Before its socket is closed: the descriptor may be another's right after.</summary>
    public void Forget(long key, int descriptor)
    {
        if (_connections.TryRemove(key, out _))
        {
            Span<byte> unused = stackalloc byte[16];
            _ = EpollControl(_epoll, Remove, descriptor, ref MemoryMarshal.GetReference(unused)); // a socket that is gone is out of it already
        }
    }

    /// <summary>The thread is to end.</summary>
    public void End() => _isEnding = true;

    /// <inheritdoc />
    public void Dispose()
    {
        End();
        _thread.Join();
        _ = Close(_epoll);
    }

    private static int Checked(int result, string call) => result >= 0 ? result : throw Failure(call);

    private static IOException Failure(string call)
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException($"{call}: {Marshal.GetPInvokeErrorMessage(error)} (errno {error})", error);
    }

    private void Run()
    {
        byte[] events = new byte[EventsAtOnce * EventBytes];
        while (!_isEnding)
        {
            int count = EpollWait(_epoll, ref events[0], EventsAtOnce, WaitMilliseconds);
            if (count < 0 && Marshal.GetLastPInvokeError() != Interrupted)
            {
                throw Failure("epoll_wait"); // a defect: nobody could be served any more, and a supervisor must start us anew
            }

            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<byte> one = events.AsSpan(i * EventBytes, EventBytes);
                if (_connections.TryGetValue(BinaryPrimitives.ReadInt64LittleEndian(one[DataAt..]), out DirectConnection? connection))
                {
                    connection.BecameReadable((BinaryPrimitives.ReadUInt32LittleEndian(one) & (PeerHangUp | HangUp | Error)) != 0);
                }
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int EpollControl(int epoll, int operation, int descriptor, ref byte wanted);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static partial int EpollWait(int epoll, ref byte events, int count, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
