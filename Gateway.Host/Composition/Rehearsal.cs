using System.Diagnostics;
using Gateway.Host.Api;
using Gateway.Host.Cases;
using Gateway.Host.City;
using Gateway.Host.Ingest;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Rules.Files;

namespace Gateway.Host.Composition;

/// <summary>
/// Files one case when the gateway starts, in a book and a store that nobody else sees, and clears it again. The first case of a fresh
/// process waits 0.3 to 1 s for the compiler; nobody whose house burns should. And what would keep a case from being filed is told
/// while nothing burns.
/// </summary>
internal sealed partial class Rehearsal(CityWatcher city, GatewayClock clock, string folder, ILogger<Rehearsal> logger) : BackgroundService
{
    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            if (Run(city.Latest, clock.Now, folder) is { } rendered)
            {
                LogRehearsed(logger, rendered.Length, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }
        catch (Exception e)
        {
            // Whatever it is: intake and the log do not depend on it, and a gateway that takes messages is better than none.
            LogFailed(logger, e);
        }

        return Task.CompletedTask;
    }

    /// <summary>From an alert, and its end, to what a stream would show of it.</summary>
    /// <returns>The events as the stream shows them; null when no rule of the city files a case.</returns>
    internal static ReadOnlyMemory<byte>? Run(CitySnapshot city, EventTime now, string folder)
    {
        var found = (from rule in city.Definition.Rules
                     where rule is { Mode: RuleMode.Active, Case: not null }
                     from one in city.Definition.Devices.Devices.Where(d => d.Profile.Kind == rule.Match.Kind.Text).Take(1)
                     select (Rule: rule, Device: one)).FirstOrDefault();
        if (found.Rule is null)
        {
            return null;
        }

        Clear(folder);
        Directory.CreateDirectory(folder);
        try
        {
            using SqliteCaseStore store = SqliteCaseStore.Open(Path.Combine(folder, "cases.db"));
            CaseBook book = new(city.CaseSettingsAt(now, exercise: true));
            CaseChanges changes = new();
            foreach (AlertTransitionKind kind in (AlertTransitionKind[])[AlertTransitionKind.Firing, AlertTransitionKind.Resolved])
            {
                book.Handle(Transition(found.Rule, found.Device, kind, now), Context(city, found.Rule, found.Device), changes);
            }

            store.Commit(new CaseCommit { Partition = 0, NextOffset = 1, LogTime = now, Events = changes.Events, Cases = changes.Cases });
            return CaseStream.Render(store.EventsAfter(0, changes.Events.Count), store);
        }
        finally
        {
            Clear(folder);
        }
    }

    private static AlertTransition Transition(RuleDefinition rule, Device device, AlertTransitionKind kind, EventTime at) =>
        new(0, 0, kind, AlertSeverity.Critical, at, at, at, IsAbsence: false, "rehearsal") { RuleName = rule.Alert.Text, DeviceId = device.Id };

    private static AlertContext Context(CitySnapshot city, RuleDefinition rule, Device device) =>
        new() { Rule = rule, RuleSha256 = city.HashOf(rule), Device = device, Offset = 0 };

    private static void Clear(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [LoggerMessage(EventId = 1106, Level = LogLevel.Debug, Message = "start: rehearsed a case up to its {Bytes} bytes on the stream, in {Milliseconds:F0} ms")]
    private static partial void LogRehearsed(ILogger logger, int bytes, double milliseconds);

    [LoggerMessage(EventId = 1107, Level = LogLevel.Error, Message = "start: the rehearsal of a case failed. The gateway takes messages all the same, but a real case may fail as this one did: look into it now")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
