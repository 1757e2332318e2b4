using Gateway.Protocols.Mqtt.Topics;

namespace Gateway.Host.Access;

/// <summary>Whether one topic filter lies within another: every topic the one matches, the other matches too. Pure.</summary>
internal static class FilterCover
{
    /// <summary>Whether <paramref name="allowed"/> covers <paramref name="asked"/>; of a shared subscription the filter behind the share counts.</summary>
    public static bool Covers(TopicFilter allowed, TopicFilter asked)
    {
        string[] outer = allowed.Matched.ToString().Split('/');
        string[] inner = asked.Matched.ToString().Split('/');
        if (inner[0].StartsWith('$') && outer[0] is "#" or "+")
        {
            return false; // a leading wildcard does not match topics of the server [MQTT-4.7.2-1]
        }

        for (int i = 0; i < outer.Length; i++)
        {
            if (outer[i] == "#")
            {
                return true; // also of the level above, which "a/#" matches too
            }

            if (i >= inner.Length || inner[i] == "#" || (outer[i] != "+" && outer[i] != inner[i]))
            {
                return false;
            }
        }

        return inner.Length == outer.Length;
    }
}
