namespace Gateway.Host.Ingest.Connections;

/// <summary>Where the bytes for a client go. One caller at a time; errors of the network are values.</summary>
internal interface IByteSink
{
    /// <summary>Whether it took more than it had room for, so that <see cref="SendAsync"/> must be awaited before the next bytes.</summary>
    bool IsWaiting { get; }

    /// <summary>Sends what can go without waiting; how many bytes went, or -1 when the connection is gone.</summary>
    int TrySend(ReadOnlySpan<byte> bytes);

    /// <summary>Sends everything, waiting for the client to read; false when the connection is gone.</summary>
    ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes);
}
