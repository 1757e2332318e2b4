using System.Diagnostics;
using System.Globalization;
using Gateway.Host.Cases;
using Gateway.Host.City;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;

namespace Gateway.Benchmarks.Cases;

/// <summary>Fills a case store with the cases of a year, through the real store, so that histories, audit chain and indexes are those of a gateway.</summary>
internal static class CaseFill
{
    private const int EventsPerCommit = 5000;
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    /// <summary>Makes the store; it has at least so many cases, the last of them filed now.</summary>
    public static void Run(string path, CitySnapshot city, long cases, TextWriter output)
    {
        EventTime now = EventTime.From(DateTimeOffset.UtcNow);
        CaseLives lives = new(city, now - Year, now, cases, seed: 1);
        CaseChanges changes = new();
        long events = 0, started = Stopwatch.GetTimestamp(), told = 0;
        using SqliteCaseStore store = SqliteCaseStore.Open(path);
        while (lives.Filed < cases && lives.Now < now)
        {
            lives.Step(changes);
            if (changes.Events.Count < EventsPerCommit && lives.Filed < cases && lives.Now < now)
            {
                continue;
            }

            events += changes.Events.Count;
            store.Commit(new CaseCommit { Partition = 0, NextOffset = lives.Offset + 1, LogTime = lives.Now, Events = changes.Events, Cases = changes.Cases });
            changes.Clear();
            if (lives.Filed - told >= cases / 20)
            {
                told = lives.Filed;
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{lives.Filed:N0} cases, {events:N0} events, {Stopwatch.GetElapsedTime(started).TotalSeconds:F0} s, {new FileInfo(path).Length / 1_000_000:N0} MB"));
            }
        }
    }
}
