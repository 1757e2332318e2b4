using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;

namespace Gateway.Host.Pipeline;

/// <summary>When each device was last heard. One writer, the pipeline; any number of readers.</summary>
internal sealed class DeviceBoard
{
    private State _state = new(DeviceRegister.Empty, [], []);

    private sealed record State(DeviceRegister Register, long[] ObservedAt, long[] ReceivedAt);

    /// <summary>The register its indexes belong to.</summary>
    public DeviceRegister Register => Volatile.Read(ref _state).Register;

    /// <summary>Observation and receive time of a device's latest live reading; null when it was never heard.</summary>
    public (EventTime ObservedAt, EventTime ReceivedAt)? LastHeard(Device device)
    {
        State state = Volatile.Read(ref _state);
        if (device.Index >= state.ReceivedAt.Length || state.Register.Devices[device.Index].Id != device.Id)
        {
            return null;
        }

        long received = Volatile.Read(ref state.ReceivedAt[device.Index]);
        return received == 0 ? null : (new EventTime(Volatile.Read(ref state.ObservedAt[device.Index])), new EventTime(received));
    }

    /// <summary>Notes a live reading.</summary>
    public void Heard(Device device, EventTime observedAt, EventTime receivedAt)
    {
        State state = _state;
        if (observedAt.UnixMilliseconds >= state.ObservedAt[device.Index])
        {
            Volatile.Write(ref state.ObservedAt[device.Index], observedAt.UnixMilliseconds);
        }

        Volatile.Write(ref state.ReceivedAt[device.Index], receivedAt.UnixMilliseconds);
    }

    /// <summary>Another register: what is known of devices that stay is kept.</summary>
    public void Activate(DeviceRegister register)
    {
        State old = _state;
        State next = new(register, new long[register.Devices.Count], new long[register.Devices.Count]);
        foreach (Device device in register.Devices)
        {
            if (old.Register.Find(device.Id) is { } before)
            {
                next.ObservedAt[device.Index] = old.ObservedAt[before.Index];
                next.ReceivedAt[device.Index] = old.ReceivedAt[before.Index];
            }
        }

        Volatile.Write(ref _state, next);
    }

    /// <summary>Writes it into a checkpoint.</summary>
    public void Save(BinaryWriter writer)
    {
        State state = _state;
        Device[] heard = [.. state.Register.Devices.Where(d => state.ReceivedAt[d.Index] != 0)];
        writer.Write(heard.Length);
        foreach (Device device in heard)
        {
            writer.Write(device.Id);
            writer.Write(state.ObservedAt[device.Index]);
            writer.Write(state.ReceivedAt[device.Index]);
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public void Load(BinaryReader reader)
    {
        int count = reader.ReadInt32();
        State state = _state;
        for (int i = 0; i < count; i++)
        {
            string id = reader.ReadString();
            long observed = reader.ReadInt64();
            long received = reader.ReadInt64();
            if (state.Register.Find(id) is { } device)
            {
                state.ObservedAt[device.Index] = observed;
                state.ReceivedAt[device.Index] = received;
            }
        }
    }
}
