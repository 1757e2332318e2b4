using System.Collections.Frozen;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;

namespace Gateway.Protocols.Payloads.CanonicalJson;

/// <summary>
/// Canonical JSON (docs of the outside contract): one object, or an array of them, whose members are the profile's field names, <c>ts</c>
/// (Unix milliseconds as a number or a text, or RFC 3339; absent: receive time) and <c>seq</c> (a whole number, optional).
/// Safe for any number of threads, and a function of its arguments: what it remembers of messages (<see cref="MemberOrder"/>) only makes it faster.
/// </summary>
/// <remarks>
/// Which faults keep rows: <see cref="PayloadFault.WrongType"/> and <see cref="PayloadFault.OutOfRange"/> leave their field absent,
/// <see cref="PayloadFault.BadTime"/> files the row under the receive time as <see cref="TimeQuality.NoClock"/>; the rest of the message
/// stands. <see cref="PayloadFault.NotJson"/>, <see cref="PayloadFault.NotAnObject"/>, <see cref="PayloadFault.DuplicateField"/> and
/// <see cref="PayloadFault.TooManyReadings"/> keep nothing, and are reported in place of any other.
/// A text or pseudonym field is checked but has no column, so an object with nothing else adds no row and is no fault.
/// </remarks>
public sealed class CanonicalJsonDecoder : IPayloadDecoder
{
    /// <summary>The format's name in a profile.</summary>
    public const string FormatName = "json";

    /// <summary>Containers open at once, the outermost counted.</summary>
    public const int DepthLimit = 16;

    /// <summary>Observations in one message.</summary>
    public const int ObservationCountLimit = 1000;

    /// <summary>Bytes of a text field, escapes unresolved.</summary>
    public const int TextLengthLimitBytes = 256;

    /// <summary>Member names that are not fields; a profile cannot use them.</summary>
    public static readonly FrozenSet<string> ReservedNames = FrozenSet.Create(StringComparer.Ordinal, "ts", "seq");

    private readonly DeviceProfile _profile;

    /// <summary>Compiles the names of a profile.</summary>
    /// <exception cref="ArgumentException">A field has one of the <see cref="ReservedNames"/>.</exception>
    public CanonicalJsonDecoder(DeviceProfile profile)
    {
        if (profile.Fields.FirstOrDefault(f => ReservedNames.Contains(f.Name)) is { } reserved)
        {
            throw new ArgumentException($"profile {profile.Kind} names a field {reserved.Name}, which canonical JSON reserves", nameof(profile));
        }

        _profile = profile;
        (string Name, int Number)[] members = [.. profile.Fields.Select((f, column) => (f.Name, column)), ("ts", Member.Time), ("seq", Member.Sequence)];
        Members = new NameTable(members);
        Order = new MemberOrder(members);
        Fields = [.. profile.Fields.Select(f => new FieldReader(f))];
    }

    /// <inheritdoc />
    public string Format => FormatName;

    /// <summary>Column, or one of <see cref="Member"/>, by member name.</summary>
    internal NameTable Members { get; }

    /// <summary>In which order the members came last.</summary>
    internal MemberOrder Order { get; }

    /// <summary>How each column is read.</summary>
    internal FieldReader[] Fields { get; }

    /// <inheritdoc />
    /// <exception cref="ArgumentException">The device or the batch is of another profile than the decoder: a mistake of the caller, not of the device.</exception>
    public DecodeResult Decode(ReadOnlySpan<byte> payload, Device device, EventTime receivedAt, TimePolicy timePolicy, ReadingBatch batch)
    {
        if (!ReferenceEquals(device.Profile, _profile) || !ReferenceEquals(batch.Profile, _profile))
        {
            throw new ArgumentException($"device {device.Id} or its batch is of another profile than this decoder, {_profile.Kind}", nameof(device));
        }

        return new CanonicalJsonMessage(this, payload, device, receivedAt, timePolicy, batch).Decode();
    }

    /// <summary>Members that are not columns.</summary>
    internal static class Member
    {
        public const int Unknown = -1;
        public const int Time = -2;
        public const int Sequence = -3;
    }
}
