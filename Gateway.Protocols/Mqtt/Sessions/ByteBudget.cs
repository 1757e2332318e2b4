namespace Gateway.Protocols.Mqtt.Sessions;

/// <summary>
/// Bytes that all clients of a server may take together for one purpose. Safe for threads; those who ask in the same instant may go over
/// it together, but for <see cref="TryTake"/>.
/// </summary>
/// <param name="limitBytes">How many there may be.</param>
public sealed class ByteBudget(long limitBytes)
{
    private long _used;

    /// <summary>Bytes taken now.</summary>
    public long UsedBytes => Interlocked.Read(ref _used);

    /// <summary>Whether so many more fit.</summary>
    public bool HasRoomFor(int bytes) => UsedBytes + bytes <= limitBytes;

    /// <summary>Takes bytes if they fit.</summary>
    public bool TryTake(int bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= limitBytes)
        {
            return true;
        }

        Return(bytes);
        return false;
    }

    /// <summary>Takes bytes, fit or not.</summary>
    public void Take(int bytes) => Interlocked.Add(ref _used, bytes);

    /// <summary>Gives bytes back.</summary>
    public void Return(int bytes) => Interlocked.Add(ref _used, -bytes);
}
