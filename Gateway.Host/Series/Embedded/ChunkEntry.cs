namespace Gateway.Host.Series.Embedded;

/// <summary>Where one chunk of a series lies in its block, and what it spans. Immutable.</summary>
/// <param name="Count">Samples, 1 to the chunk limit.</param>
/// <param name="FirstTime">Unix milliseconds of the first sample.</param>
/// <param name="LastTime">Unix milliseconds of the last sample.</param>
/// <param name="TimesOffset">Byte offset of the times section in the file; series of one device share it where their times are the same.</param>
/// <param name="TimesLength">Bytes of the times section, without its checksum.</param>
/// <param name="ValuesOffset">Byte offset of the values section in the file.</param>
/// <param name="ValuesLength">Bytes of the values section, without its checksum.</param>
internal readonly record struct ChunkEntry(
    int Count, long FirstTime, long LastTime, long TimesOffset, int TimesLength, long ValuesOffset, int ValuesLength);
