using System.Buffers;
using System.Globalization;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;
using Gateway.Rules.Compilation;
using Gateway.Rules.Evaluation;

namespace Gateway.Tests.Rules.Support;

/// <summary>Drives an engine with readings written as text, at seconds from a fixed start, and tells transitions as text.</summary>
internal sealed class EngineDriver
{
    public static readonly EventTime Start = EventTime.From(new DateTimeOffset(2026, 1, 27, 9, 0, 0, TimeSpan.Zero));

    public EngineDriver(RuleSet rules, double clockSpeed = 1)
    {
        Rules = rules;
        Engine = new RuleEngine(rules, rules.Devices, clockSpeed);
    }

    public RuleSet Rules { get; private set; }

    public RuleEngine Engine { get; private set; }

    public List<AlertTransition> Transitions { get; } = [];

    /// <summary>Transitions as <c>60s Firing Warning FLD-1</c>, with the rule's name in front when it is not called "r".</summary>
    public IReadOnlyList<string> Told => Transitions.Select(Tell).ToArray();

    public static EventTime At(double seconds) => Start + TimeSpan.FromSeconds(seconds);

    /// <summary>Sends <c>field=value field=value</c>; an age in seconds makes the reading older than its receipt.</summary>
    public EngineDriver Send(double seconds, string device, string fields, double age = 0, TimeQuality quality = TimeQuality.Ok)
    {
        Device found = Rules.Devices.Find(device)!;
        var batch = new ReadingBatch(found.Profile);
        Span<double> values = batch.Add(new ReadingBatch.Row(found.Index, At(seconds - age), At(seconds), quality, -1));
        foreach (string field in fields.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = field.Split('=');
            int column = found.Profile.ColumnByName[parts[0]];
            FieldDefinition definition = found.Profile.Fields[column];
            values[column] = definition.Type switch
            {
                FieldType.Boolean => parts[1] == "true" ? 1 : 0,
                FieldType.Enumeration => definition.Values.ToList().IndexOf(parts[1]),
                _ => double.Parse(parts[1], CultureInfo.InvariantCulture),
            };
        }

        Engine.Evaluate(batch, 0, Transitions);
        return this;
    }

    /// <summary>Sends one field of FLD-1, a value a step.</summary>
    public EngineDriver Series(string field, double everySeconds, params double?[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] is { } value)
            {
                Send(i * everySeconds, "FLD-1", $"{field}={value.ToString(CultureInfo.InvariantCulture)}");
            }
        }

        return this;
    }

    public EngineDriver Tick(double seconds)
    {
        Engine.Advance(At(seconds), Transitions);
        return this;
    }

    public byte[] Save()
    {
        var buffer = new ArrayBufferWriter<byte>();
        Engine.SaveState(buffer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Goes on with a new engine that has loaded what the old one saved.</summary>
    public EngineDriver Restart() => Reload(Rules);

    /// <summary>Goes on with other rules, as after an edit.</summary>
    public EngineDriver Reload(RuleSet rules, double seconds = 0)
    {
        byte[] saved = Save();
        Rules = rules;
        Engine = new RuleEngine(rules, rules.Devices);
        Assert.Equal(StateFault.None, Engine.LoadState(saved, At(seconds), Transitions).Fault);
        return this;
    }

    private static string Tell(AlertTransition t)
    {
        string seconds = (t.At - Start).TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
        return $"{(t.RuleName == "r" ? "" : t.RuleName + " ")}{seconds}s {t.Kind} {t.Severity} {t.DeviceId}{(t.IsAbsence ? " absent" : "")}";
    }
}
