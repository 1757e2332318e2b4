using System.Text;

namespace Gateway.Protocols.Mqtt.Topics;

/// <summary>
/// A topic filter that is syntactically valid (v5 sections 4.7 and 4.8.2): <c>+</c> and <c>#</c> as whole levels, <c>#</c> last only,
/// <c>$share/{group}/{filter}</c> for a shared subscription (understood in 3.1.1 too). Immutable; the default value is not a filter.
/// </summary>
public readonly record struct TopicFilter
{
    private const string SharePrefix = "$share/";
    private readonly int _start;

    private TopicFilter(string text, int start)
    {
        Text = text;
        _start = start;
    }

    /// <summary>The filter as the client wrote it, share prefix included: what it unsubscribes with.</summary>
    public string Text { get; }

    /// <summary>Whether it is a shared subscription.</summary>
    public bool IsShared => _start > 0;

    /// <summary>The share group; empty when not shared.</summary>
    public ReadOnlySpan<char> ShareName => IsShared ? Text.AsSpan(SharePrefix.Length, _start - SharePrefix.Length - 1) : default;

    /// <summary>The part that topics are matched against.</summary>
    public ReadOnlySpan<char> Matched => Text.AsSpan(_start);

    /// <summary>Levels of <see cref="Matched"/>.</summary>
    public int LevelCount => Matched.Count('/') + 1;

    /// <summary>Whether a level is <c>+</c> or <c>#</c>.</summary>
    public bool HasWildcard => Matched.IndexOfAny('+', '#') >= 0;

    /// <summary>Checks the syntax. False for an empty filter, a wildcard that is not a whole level, <c>#</c> before the end, or a share
    /// without a group or filter [MQTT-4.7.1-1, -2, MQTT-4.7.3-1, MQTT-4.8.2-1, -2].</summary>
    public static bool TryParse(string text, out TopicFilter filter)
    {
        filter = default;
        int start = 0;
        if (text.StartsWith(SharePrefix, StringComparison.Ordinal))
        {
            int slash = text.IndexOf('/', SharePrefix.Length);
            if (slash <= SharePrefix.Length || text.AsSpan(SharePrefix.Length, slash - SharePrefix.Length).IndexOfAny('+', '#') >= 0)
            {
                return false;
            }

            start = slash + 1;
        }

        if (!IsMatchable(text.AsSpan(start)))
        {
            return false;
        }

        filter = new TopicFilter(text, start);
        return true;
    }

    /// <summary>
    /// Whether the filter matches one topic name (sections 4.7.1 to 4.7.3), for access rules and single questions; many filters go into
    /// a <see cref="TopicFilterTree{TSubscriber}"/>. Time is linear in the length of the name.
    /// </summary>
    public bool Matches(ReadOnlySpan<byte> topicName)
    {
        ReadOnlySpan<char> filter = Matched;
        if (TopicName.IsReserved(topicName) && (filter[0] is '+' or '#'))
        {
            return false;
        }

        while (true)
        {
            ReadOnlySpan<char> wanted = TakeLevel(ref filter, out bool lastWanted);
            if (wanted is "#")
            {
                return true;
            }

            int slash = topicName.IndexOf((byte)'/');
            ReadOnlySpan<byte> level = slash < 0 ? topicName : topicName[..slash];
            if (wanted is not "+" && !Utf8Equals(wanted, level))
            {
                return false;
            }

            if (slash < 0)
            {
                // "sport/#" also matches "sport": the multi-level wildcard includes the parent level.
                return lastWanted || filter is "#";
            }

            if (lastWanted)
            {
                return false;
            }

            topicName = topicName[(slash + 1)..];
        }
    }

    /// <inheritdoc />
    public override string ToString() => Text ?? "";

    private static bool IsMatchable(ReadOnlySpan<char> filter)
    {
        if (filter.IsEmpty || filter.Contains('\0'))
        {
            return false;
        }

        for (int i = filter.IndexOfAny('+', '#'); i >= 0;)
        {
            bool startsLevel = i == 0 || filter[i - 1] == '/';
            bool endsLevel = i == filter.Length - 1 || (filter[i] == '+' && filter[i + 1] == '/');
            if (!startsLevel || !endsLevel)
            {
                return false;
            }

            int next = filter[(i + 1)..].IndexOfAny('+', '#');
            i = next < 0 ? -1 : i + 1 + next;
        }

        return true;
    }

    private static ReadOnlySpan<char> TakeLevel(ref ReadOnlySpan<char> filter, out bool last)
    {
        int slash = filter.IndexOf('/');
        last = slash < 0;
        ReadOnlySpan<char> level = last ? filter : filter[..slash];
        filter = last ? default : filter[(slash + 1)..];
        return level;
    }

    private static bool Utf8Equals(ReadOnlySpan<char> text, ReadOnlySpan<byte> utf8)
    {
        while (true)
        {
            if (text.IsEmpty || utf8.IsEmpty)
            {
                return text.IsEmpty && utf8.IsEmpty;
            }

            Rune.DecodeFromUtf16(text, out Rune left, out int leftLength);
            Rune.DecodeFromUtf8(utf8, out Rune right, out int rightLength);
            if (left != right)
            {
                return false;
            }

            text = text[leftLength..];
            utf8 = utf8[rightLength..];
        }
    }
}
