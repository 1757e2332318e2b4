namespace Gateway.Protocols.Mqtt.Sessions;

/// <summary>Bytes of the messages that wait for, or are not acknowledged by, all clients of a server together. Safe for threads; those who ask in the same instant may go over it together.</summary>
/// <param name="limitBytes">How many there may be.</param>
public sealed class QueueBudget(long limitBytes)
{
    private long _used;

    /// <summary>Bytes that wait now.</summary>
    public long UsedBytes => Interlocked.Read(ref _used);

    internal bool HasRoomFor(int bytes) => UsedBytes + bytes <= limitBytes;

    internal void Take(int bytes) => Interlocked.Add(ref _used, bytes);

    internal void Return(int bytes) => Interlocked.Add(ref _used, -bytes);
}
