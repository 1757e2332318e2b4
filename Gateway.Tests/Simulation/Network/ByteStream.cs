namespace Gateway.Tests.Simulation.Network;

/// <summary>Bytes under way in one direction, in order.</summary>
internal sealed class ByteStream
{
    private readonly Queue<byte> _bytes = new();

    /// <summary>How many.</summary>
    public int Count => _bytes.Count;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        foreach (byte one in bytes)
        {
            _bytes.Enqueue(one);
        }
    }

    /// <summary>The next ones.</summary>
    public byte[] Take(int count)
    {
        byte[] taken = new byte[Math.Min(count, _bytes.Count)];
        for (int i = 0; i < taken.Length; i++)
        {
            taken[i] = _bytes.Dequeue();
        }

        return taken;
    }

    /// <summary>They never arrive.</summary>
    public void Lose() => _bytes.Clear();
}
