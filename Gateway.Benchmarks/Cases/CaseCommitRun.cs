using System.Diagnostics;
using System.Globalization;
using Gateway.Host.Cases;
using Gateway.Host.City;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;

namespace Gateway.Benchmarks.Cases;

/// <summary>What a commit costs in a full store and in an empty one, in turn: the same city goes on in both.</summary>
internal static class CaseCommitRun
{
    private const int Warming = 20;
    private static readonly int[] Sizes = [1, 100, 1000];

    /// <summary>Runs on the store, which has some more cases afterwards, and prints a line a size.</summary>
    public static void Run(string path, CitySnapshot city, int rounds, TextWriter output)
    {
        long started = Stopwatch.GetTimestamp();
        string emptyPath = path + ".empty";
        using SqliteCaseStore full = SqliteCaseStore.Open(path);
        double opened = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        started = Stopwatch.GetTimestamp();
        int open = full.LoadOpen(0).Count;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"store opened in {opened:F0} ms; {open:N0} cases that are open or may be reopened read in {Stopwatch.GetElapsedTime(started).TotalMilliseconds:F0} ms"));
        using SqliteCaseStore empty = SqliteCaseStore.Open(emptyPath);
        Side[] sides = [new(empty, city), new(full, city)];
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\n| a commit, {rounds} rounds | empty store: p50 ms | p99 ms | full store: p50 ms | p99 ms |\n|---|---|---|---|---|"));
        foreach (int size in Sizes)
        {
            List<double>[] times = [[], []];
            for (int round = -Warming; round < rounds; round++)
            {
                for (int i = 0; i < sides.Length; i++)
                {
                    double elapsed = sides[i].Commit(size);
                    if (round >= 0)
                    {
                        times[i].Add(elapsed);
                    }
                }
            }

            double[][] sorted = [.. times.Select(t => t.Order().ToArray())];
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {size:N0} events and more | {CaseQueryRun.At(sorted[0], 0.5):F2} | {CaseQueryRun.At(sorted[0], 0.99):F2} | {CaseQueryRun.At(sorted[1], 0.5):F2} | {CaseQueryRun.At(sorted[1], 0.99):F2} |"));
        }

        output.WriteLine();
        empty.Dispose();
        foreach (string left in new[] { "", "-wal", "-shm" })
        {
            File.Delete(emptyPath + left);
        }
    }

    private sealed class Side
    {
        private readonly SqliteCaseStore _store;
        private readonly CaseLives _lives;
        private readonly CaseChanges _changes = new();
        private readonly long _offset;

        public Side(SqliteCaseStore store, CitySnapshot city)
        {
            _store = store;
            CaseStorePosition position = store.Position(0);
            _offset = position.NextOffset;
            EventTime from = EventTime.Max(position.LogTime, EventTime.From(DateTimeOffset.UtcNow));
            _lives = new CaseLives(city, from, from + TimeSpan.FromDays(365), 1_000_000, seed: 2, position.LastNumber, store.LoadOpen(0));
        }

        /// <summary>Goes on until there are so many events, and commits them; milliseconds of the commit.</summary>
        public double Commit(int events)
        {
            while (_changes.Events.Count < events)
            {
                _lives.Step(_changes);
            }

            long begin = Stopwatch.GetTimestamp();
            _store.Commit(new CaseCommit { Partition = 0, NextOffset = _offset + _lives.Offset + 1, LogTime = _lives.Now, Events = _changes.Events, Cases = _changes.Cases });
            double elapsed = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
            _changes.Clear();
            return elapsed;
        }
    }
}
