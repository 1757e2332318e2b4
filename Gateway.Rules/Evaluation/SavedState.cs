using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Gateway.Rules.Evaluation;

/// <summary>Saved state, read and checked as a whole before any of it is taken over.</summary>
internal sealed class SavedState
{
    public required SavedLane[] Lanes { get; init; }

    /// <summary>Reads saved state.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SavedState? state, out StateFault fault)
    {
        state = null;
        fault = StateFault.UnknownFormat;
        uint magic = bytes.Length < 4 + StateFormat.ChecksumLength ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        bool hasAreas = magic == StateFormat.Magic;
        bool hasHistories = hasAreas || magic == StateFormat.MagicWithoutAreas;
        if (!hasHistories && magic != StateFormat.MagicWithoutHistories)
        {
            return false;
        }

        fault = StateFault.Damaged;
        ReadOnlySpan<byte> body = bytes[..^StateFormat.ChecksumLength];
        if (StateFormat.Checksum(uint.MaxValue, body) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[^StateFormat.ChecksumLength..]))
        {
            return false;
        }

        var reader = new StateReader(body[4..]);
        var lanes = new SavedLane[hasAreas ? reader.Count(45) : 1];
        for (int i = 0; i < lanes.Length && !reader.HasFailed; i++)
        {
            lanes[i] = SavedLane.Read(ref reader, hasAreas, hasHistories);
        }

        if (!reader.IsDone || lanes.Length == 0)
        {
            return false;
        }

        state = new SavedState { Lanes = lanes };
        fault = StateFault.None;
        return true;
    }
}

/// <summary>The state of the rules that wait equally long for late readings.</summary>
internal sealed class SavedLane
{
    public required long LatenessMs { get; init; }
    public required long NowMs { get; init; }
    public required long FloorMs { get; init; }
    public required SavedRule[] Rules { get; init; }
    public required SavedDevice[] Devices { get; init; }
    public required SavedArea[] Areas { get; init; }
    public required SavedAlert[] Alerts { get; init; }
    public required SavedReading[] Waiting { get; init; }

    /// <summary>Reads one; what versions before did not write is empty.</summary>
    public static SavedLane Read(ref StateReader reader, bool hasAreas, bool hasHistories)
    {
        long latenessMs = hasAreas ? reader.I64() : 0;
        long nowMs = reader.I64();
        long floorMs = reader.I64();
        var rules = new SavedRule[reader.Count(4)];
        for (int i = 0; i < rules.Length; i++)
        {
            rules[i] = SavedRule.Read(ref reader, hasAreas);
        }

        var kinds = new SavedKind[reader.Count(6)];
        for (int i = 0; i < kinds.Length; i++)
        {
            kinds[i] = SavedKind.Read(ref reader, hasHistories);
        }

        var devices = new SavedDevice[reader.Count(26)];
        for (int i = 0; i < devices.Length && !reader.HasFailed; i++)
        {
            devices[i] = SavedDevice.Read(ref reader, kinds, rules.Length, hasHistories);
        }

        var areas = new SavedArea[hasAreas ? reader.Count(6) : 0];
        for (int i = 0; i < areas.Length && !reader.HasFailed; i++)
        {
            areas[i] = SavedArea.Read(ref reader);
        }

        var alerts = new SavedAlert[reader.Count(29)];
        for (int i = 0; i < alerts.Length && !reader.HasFailed; i++)
        {
            alerts[i] = SavedAlert.Read(ref reader, rules.Length);
        }

        var waiting = new SavedReading[hasAreas ? reader.Count(31) : 0];
        for (int i = 0; i < waiting.Length && !reader.HasFailed; i++)
        {
            waiting[i] = SavedReading.Read(ref reader);
        }

        return new SavedLane { LatenessMs = latenessMs, NowMs = nowMs, FloorMs = floorMs, Rules = rules, Devices = devices, Areas = areas, Alerts = alerts, Waiting = waiting };
    }
}

/// <summary>One reading that waited.</summary>
internal sealed record SavedReading(string Device, long ObservedMs, long ReceivedMs, byte Quality, long Sequence, (string Field, double Value)[] Values)
{
    public static SavedReading Read(ref StateReader reader)
    {
        string device = reader.Text();
        long observed = reader.I64();
        long received = reader.I64();
        byte quality = reader.U8();
        long sequence = reader.I64();
        var values = new (string, double)[reader.Count(10)];
        for (int i = 0; i < values.Length && !reader.HasFailed; i++)
        {
            values[i] = (reader.Text(), reader.F64());
        }

        return new SavedReading(device, observed, received, quality, sequence, values);
    }
}

/// <summary>A rule; identity and severities of a version that did not write them are empty.</summary>
internal sealed record SavedRule(string Name, string MeaningHash, string Identity, AlertSeverity[] Severities)
{
    public static SavedRule Read(ref StateReader reader, bool hasIdentity)
    {
        (string name, string meaning) = (reader.Text(), reader.Text());
        string identity = hasIdentity ? reader.Text() : "";
        var severities = new AlertSeverity[hasIdentity ? Math.Min((int)reader.U8(), Compilation.CompiledRule.LevelLimit) : 0];
        for (int i = 0; i < severities.Length; i++)
        {
            severities[i] = (AlertSeverity)reader.U8();
        }

        return new SavedRule(name, meaning, identity, severities);
    }
}

/// <summary>The hits of one term that counts over areas, oldest first.</summary>
internal sealed record SavedArea(string Meaning, (string Device, long AtMs)[] Hits)
{
    public static SavedArea Read(ref StateReader reader)
    {
        string meaning = reader.Text();
        var hits = new (string, long)[reader.Count(10)];
        for (int i = 0; i < hits.Length && !reader.HasFailed; i++)
        {
            hits[i] = (reader.Text(), reader.I64());
        }

        return new SavedArea(meaning, hits);
    }
}

/// <summary>A kind and the meaning of the values that were kept: those of fields, then those of function calls.</summary>
internal sealed record SavedKind(string Kind, string[] Meanings, int Fields)
{
    public static SavedKind Read(ref StateReader reader, bool hasHistories)
    {
        string kind = reader.Text();
        var meanings = new string[reader.Count(2)];
        int fields = hasHistories ? Math.Min(meanings.Length, (int)Math.Min(reader.U32(), int.MaxValue)) : meanings.Length;
        for (int i = 0; i < meanings.Length; i++)
        {
            meanings[i] = reader.Text();
        }

        return new SavedKind(kind, meanings, fields);
    }
}

/// <summary>What was remembered of a device: readings by field of its kind, and a number by function call.</summary>
internal sealed record SavedHistory((long Time, double Value)[][] Samples, long[] Memory)
{
    public static SavedHistory Read(ref StateReader reader, SavedKind kind)
    {
        var samples = new (long, double)[kind.Fields][];
        for (int field = 0; field < samples.Length; field++)
        {
            samples[field] = new (long, double)[reader.Count(16)];
            for (int i = 0; i < samples[field].Length; i++)
            {
                samples[field][i] = (reader.I64(), reader.F64());
            }
        }

        var memory = new long[kind.Meanings.Length - kind.Fields];
        for (int i = 0; i < memory.Length; i++)
        {
            memory[i] = reader.I64();
        }

        return new SavedHistory(samples, memory);
    }
}

/// <summary>One device that had reported.</summary>
internal sealed record SavedDevice(string Id, SavedKind Kind, double Received, double Observed, double[] Values, (int Rule, double LastMs)[] Absences, SavedHistory? History)
{
    public static SavedDevice Read(ref StateReader reader, SavedKind[] kinds, int rules, bool hasHistories)
    {
        string id = reader.Text();
        int kind = reader.Index(kinds.Length);
        double received = reader.F64();
        double observed = reader.F64();
        SavedKind of = kinds.Length == 0 ? new SavedKind("", [], 0) : kinds[kind];
        var values = new double[2 * of.Meanings.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = reader.F64();
        }

        var absences = new (int, double)[reader.Count(12)];
        for (int i = 0; i < absences.Length; i++)
        {
            absences[i] = (reader.Index(rules), reader.F64());
        }

        SavedHistory? history = hasHistories && reader.U8() == 1 ? SavedHistory.Read(ref reader, of) : null;
        return new SavedDevice(id, of, received, observed, values, absences, history);
    }
}

/// <summary>One alert that was under way.</summary>
internal sealed record SavedAlert(
    int Rule, string Device, bool IsAbsence, AlertState State, int Level, AlertSeverity Severity, long SinceMs, long OccurredMs, string Cause, LevelState[] Levels)
{
    public static SavedAlert Read(ref StateReader reader, int rules)
    {
        int rule = reader.Index(rules);
        string device = reader.Text();
        bool isAbsence = reader.U8() == 1;
        var state = (AlertState)reader.U8();
        int level = reader.U8();
        var severity = (AlertSeverity)reader.U8();
        long sinceMs = reader.I64();
        long occurredMs = reader.I64();
        string cause = reader.Text();
        var levels = new LevelState[Math.Min((int)reader.U8(), Compilation.CompiledRule.LevelLimit)];
        foreach (ref LevelState each in levels.AsSpan())
        {
            each.Phase = (LevelPhase)Math.Min(reader.U8(), (byte)LevelPhase.Clearing);
            each.HasDipped = reader.U8() == 1;
            each.SinceMs = reader.I64();
            each.OccurredMs = reader.I64();
            each.Timer = TimerWheel.NoHandle;
        }

        return new SavedAlert(rule, device, isAbsence, state, level, severity, sinceMs, occurredMs, cause, levels);
    }
}
