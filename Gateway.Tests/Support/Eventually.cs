using System.Diagnostics;

namespace Gateway.Tests.Support;

/// <summary>
/// Asks again until the answer is the one that must come: a bounded loop over the question's own I/O, without sleeping. It fails with the
/// last answer seen.
/// </summary>
public static class Eventually
{
    private static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(60);

    /// <summary>Asks until <paramref name="holds"/>; returns that answer.</summary>
    /// <param name="read">The question; it waits on its own I/O.</param>
    /// <param name="holds">Whether the answer is the one.</param>
    /// <param name="what">What is waited for, for the message.</param>
    /// <param name="limit">Time it has; a minute when null.</param>
    public static async Task<T> BecomesAsync<T>(Func<Task<T>> read, Func<T, bool> holds, string what, TimeSpan? limit = null)
    {
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            T last = await read();
            if (holds(last))
            {
                return last;
            }

            if (Stopwatch.GetElapsedTime(began) > (limit ?? DefaultLimit))
            {
                Assert.Fail($"not within {limit ?? DefaultLimit}: {what}; last seen: {last}");
            }
        }
    }
}
