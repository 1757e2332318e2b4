namespace Gateway.Host.Cases.Audit;

/// <summary>The keys that a data directory has to check its checkpoints with.</summary>
/// <param name="Own">The gateway's own; none before it has signed.</param>
/// <param name="Earlier">Those of gateways that had the history before.</param>
internal sealed record AuditKeys(IReadOnlyList<AuditKey> Own, IReadOnlyList<AuditKey> Earlier) : IDisposable
{
    /// <summary>Reads them.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file is no key; the message says what to do.</exception>
    public static AuditKeys Of(AuditFolder folder) => new(
        File.Exists(folder.Key) ? [AuditKey.Read(folder.Key)] : [],
        File.Exists(folder.EarlierKeys) ? AuditKey.ReadPublic(folder.EarlierKeys) : []);

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (AuditKey key in Own.Concat(Earlier))
        {
            key.Dispose();
        }
    }
}
