namespace Gateway.Host.Ingest.Connections;

/// <summary>
/// Who has had a thread to itself for too long. A socket's thread goes on with a connection as long as that has bytes to read, so one that
/// sends without pause would keep it from all others; after so many turns in a row it goes on elsewhere.
/// </summary>
internal static class ThreadTurns
{
    private const int InARow = 32;

    [ThreadStatic]
    private static long t_last;

    [ThreadStatic]
    private static int t_turns;

    /// <summary>Counts a turn on this thread. True when it was one too many without another's in between.</summary>
    /// <param name="number">Which connection; above 0.</param>
    public static bool IsOver(long number)
    {
        t_turns = t_last == number ? t_turns + 1 : 1;
        t_last = number;
        if (t_turns < InARow)
        {
            return false;
        }

        t_turns = 0;
        return true;
    }
}
