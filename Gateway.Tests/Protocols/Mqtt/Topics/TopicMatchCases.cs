namespace Gateway.Tests.Protocols.Mqtt.Topics;

/// <summary>Filter, topic name, whether they match: the examples of section 4.7 and the edges beside them.</summary>
internal static class TopicMatchCases
{
    public static TheoryData<string, string, bool> All => new()
    {
        { "sport/tennis/player1/#", "sport/tennis/player1", true },
        { "sport/tennis/player1/#", "sport/tennis/player1/ranking", true },
        { "sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true },
        { "sport/tennis/player1/#", "sport/tennis/player2", false },
        { "sport/#", "sport", true },
        { "sport/#", "sports", false },
        { "#", "sport", true },
        { "#", "/", true },
        { "#", "a/b/c", true },
        { "sport/tennis/+", "sport/tennis/player1", true },
        { "sport/tennis/+", "sport/tennis/player1/ranking", false },
        { "sport/+", "sport", false },
        { "sport/+", "sport/", true },
        { "+", "sport", true },
        { "+", "/sport", false },
        { "+/+", "/finance", true },
        { "/+", "/finance", true },
        { "+", "/finance", false },
        { "+/tennis/#", "sport/tennis/x", true },
        { "a//b", "a//b", true },
        { "a//b", "a/b", false },
        { "a/b", "a/B", false },
        { "a/b", "a/b/", false },
        { "/a", "a", false },
        { "#", "$SYS/broker", false },
        { "+/broker", "$SYS/broker", false },
        { "$SYS/#", "$SYS/broker", true },
        { "$SYS/#", "$SYS", true },
        { "$SYS/+", "$SYS/broker", true },
        { "a/#", "a/$b", true },
        { "a/+", "a/$b", true },
        { "城市/+/水位", "城市/低洼/水位", true },
        { "城市/😀", "城市/😀", true },
        { "$share/g/a/+", "a/b", true },
        { "$share/g/#", "$SYS/x", false },
    };
}
