namespace Gateway.Host.Access;

/// <summary>What changes when a file does: whether it is there, its length and when it was written. Immutable.</summary>
/// <param name="Exists">Whether it is there.</param>
/// <param name="LengthBytes">Its length; 0 when it is not there.</param>
/// <param name="WrittenTicks">When it was written last, UTC ticks; 0 when it is not there.</param>
internal readonly record struct FileStamp(bool Exists, long LengthBytes, long WrittenTicks)
{
    /// <summary>The stamp of a file as it stands; links are followed.</summary>
    public static FileStamp Of(string path)
    {
        FileInfo file = new(path);
        if (!file.Exists)
        {
            return default;
        }

        // Mounted secrets are links to links: the target is what changes.
        FileInfo target = file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
        return target.Exists ? new FileStamp(true, target.Length, target.LastWriteTimeUtc.Ticks) : default;
    }
}
