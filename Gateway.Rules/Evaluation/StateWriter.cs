using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Gateway.Protocols.Readings;
using Gateway.Rules.Compilation;
using Gateway.Rules.Functions;

namespace Gateway.Rules.Evaluation;

/// <summary>Writes an engine's state as <see cref="StateFormat"/> draws it.</summary>
internal sealed class StateWriter
{
    private readonly EngineState _state;
    private readonly IBufferWriter<byte> _output;
    private uint _checksum;

    private StateWriter(EngineState state, IBufferWriter<byte> output, uint checksum)
    {
        _state = state;
        _output = output;
        _checksum = checksum;
    }

    /// <summary>Writes everything.</summary>
    public static void Write(IReadOnlyList<(EngineState State, WaitingReadings? Waiting)> lanes, IBufferWriter<byte> output)
    {
        StateWriter writer = new(lanes[0].State, output, uint.MaxValue);
        writer.U32(StateFormat.Magic);
        writer.U32((uint)lanes.Count);
        foreach ((EngineState state, WaitingReadings? waiting) in lanes)
        {
            writer = new StateWriter(state, output, writer._checksum);
            writer.I64((long)state.Lane.Lateness.TotalMilliseconds);
            writer.I64(state.NowMs);
            writer.I64(state.Absences.FloorMs);
            writer.Rules();
            writer.Devices();
            writer.Areas();
            writer.Alerts();
            writer.Waiting(waiting);
        }

        writer.U32(writer._checksum);
    }

    private void Waiting(WaitingReadings? waiting)
    {
        (string Device, ReadingBatch.Row Key, IEnumerable<(string Field, double Value)> Values)[] all = [.. waiting?.All() ?? []];
        U32((uint)all.Length);
        foreach ((string device, ReadingBatch.Row key, IEnumerable<(string Field, double Value)> values) in all)
        {
            Text(device);
            I64(key.ObservedAt.UnixMilliseconds);
            I64(key.ReceivedAt.UnixMilliseconds);
            U8((byte)key.Quality);
            I64(key.Sequence);
            (string Field, double Value)[] present = [.. values];
            U32((uint)present.Length);
            foreach ((string field, double value) in present)
            {
                Text(field);
                F64(value);
            }
        }
    }

    private void Rules()
    {
        U32((uint)_state.Rules.Rules.Count);
        foreach (CompiledRule rule in _state.Rules.Rules)
        {
            Text(rule.Name);
            Text(rule.MeaningHash);
            Text(rule.Identity);
            U8((byte)rule.Levels.Count);
            foreach (CompiledLevel level in rule.Levels)
            {
                U8((byte)level.Severity);
            }
        }
    }

    private void Devices()
    {
        KindLayout[] kinds = _state.Rules.Rules.Select(r => r.Layout).Distinct().ToArray();
        U32((uint)kinds.Length);
        foreach (KindLayout kind in kinds)
        {
            Text(kind.Profile.Kind);
            U32((uint)kind.Width);
            U32((uint)kind.Columns.Length);
            for (int position = 0; position < kind.Width; position++)
            {
                Text(kind.MeaningOf(position));
            }
        }

        int[] reported = Enumerable.Range(0, _state.Devices.Count).Where(_state.Devices.HasBlock).ToArray();
        U32((uint)reported.Length);
        foreach (int device in reported)
        {
            GroupPlan plan = _state.Devices.PlanOf(device);
            double[] page = _state.Devices.Block(device, out int at);
            Text(_state.Values.DeviceId(device));
            U32((uint)Array.IndexOf(kinds, plan.Layout));
            F64(DeviceTable.Received(page, at));
            F64(DeviceTable.Observed(page, at));
            for (int position = 0; position < plan.Layout!.Width; position++)
            {
                F64(page[at + DeviceTable.ValuesAt + position]);
                F64(_state.Devices.TimeOf(position, page, at));
            }

            U32((uint)plan.Absences.Length);
            foreach (AbsencePlan absence in plan.Absences)
            {
                U32((uint)absence.Rule.Index);
                F64(page[at + absence.Cell]);
            }

            History(_state.Histories.Find(device), plan.Layout);
        }
    }

    private void History(DeviceHistory? history, KindLayout layout)
    {
        U8(history is null ? (byte)0 : (byte)1);
        if (history is null)
        {
            return;
        }

        for (int position = 0; position < layout.Columns.Length; position++)
        {
            SampleHistory? samples = history.FindSamples(position);
            U32((uint)(samples?.Count ?? 0));
            for (int i = 0; i < samples?.Count; i++)
            {
                I64(samples.Time(i));
                F64(samples.Value(i));
            }
        }

        for (int i = 0; i < layout.Histories.Count; i++)
        {
            I64(history.Memory(i));
        }
    }

    private void Areas()
    {
        U32((uint)_state.Areas.Terms.Count);
        foreach (AreaHits area in _state.Areas.Terms)
        {
            Text(MeaningHash.Short(area.Term.Canonical));
            (int Device, long AtMs)[] hits = [.. area.All];
            U32((uint)hits.Length);
            foreach ((int device, long atMs) in hits)
            {
                Text(_state.Values.DeviceId(device));
                I64(atMs);
            }
        }
    }

    private void Alerts()
    {
        IReadOnlyList<Episode> episodes = _state.Episodes.Active();
        U32((uint)episodes.Count);
        foreach (Episode episode in episodes)
        {
            CompiledRule rule = _state.Rules.Rules[episode.Rule];
            U32((uint)episode.Rule);
            Text(_state.Values.DeviceId(episode.Device));
            U8(episode.IsAbsence ? (byte)1 : (byte)0);
            U8((byte)episode.State);
            U8((byte)Math.Max(0, episode.Level));
            U8((byte)(episode.IsAbsence ? rule.Definition.Absent!.Severity : rule.SeverityOf(episode.Level)));
            I64(episode.SinceMs);
            I64(episode.OccurredMs);
            Text(episode.Cause);
            int levels = episode.IsAbsence ? 0 : rule.Levels.Count;
            U8((byte)levels);
            foreach (ref readonly LevelState level in episode.Levels.AsSpan(0, levels))
            {
                U8((byte)level.Phase);
                U8(level.HasDipped ? (byte)1 : (byte)0);
                I64(level.SinceMs);
                I64(level.OccurredMs);
            }
        }
    }

    private void U8(byte value)
    {
        Span<byte> to = _output.GetSpan(1);
        to[0] = value;
        Wrote(to, 1);
    }

    private void U32(uint value)
    {
        Span<byte> to = _output.GetSpan(4);
        BinaryPrimitives.WriteUInt32LittleEndian(to, value);
        Wrote(to, 4);
    }

    private void I64(long value)
    {
        Span<byte> to = _output.GetSpan(8);
        BinaryPrimitives.WriteInt64LittleEndian(to, value);
        Wrote(to, 8);
    }

    private void F64(double value) => I64(BitConverter.DoubleToInt64Bits(value));

    // A cause may be as long as an expression with all its values; what passes the u16 is cut at a character.
    private void Text(string value)
    {
        ReadOnlySpan<char> chars = value.AsSpan(0, Math.Min(value.Length, ushort.MaxValue / 3));
        int size = Encoding.UTF8.GetByteCount(chars);
        Span<byte> to = _output.GetSpan(2 + size);
        BinaryPrimitives.WriteUInt16LittleEndian(to, (ushort)size);
        Encoding.UTF8.GetBytes(chars, to[2..]);
        Wrote(to, 2 + size);
    }

    private void Wrote(ReadOnlySpan<byte> bytes, int length)
    {
        // Byte by byte over small pieces and eight at a time over the whole give one and the same CRC.
        _checksum = StateFormat.Checksum(_checksum, bytes[..length]);
        _output.Advance(length);
    }
}
