using System.Collections.Concurrent;

namespace Gateway.Host.Series.Embedded;

/// <summary>Keeps one string a device id or metric, however many blocks name it: with many blocks the names would outweigh the chunks. Safe for any number of threads.</summary>
internal sealed class SeriesNames
{
    private readonly ConcurrentDictionary<string, string> _names = new(StringComparer.Ordinal);

    /// <summary>The one string for a text.</summary>
    public string Share(string name) => _names.GetOrAdd(name, name);

    /// <summary>The one string for a text in UTF-8.</summary>
    public string Share(ReadOnlySpan<byte> utf8) => Share(System.Text.Encoding.UTF8.GetString(utf8));
}
