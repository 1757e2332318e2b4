using System.Globalization;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Payloads.Json;
using Gateway.Protocols.Readings;
using Member = Gateway.Protocols.Payloads.CanonicalJson.CanonicalJsonDecoder.Member;

namespace Gateway.Protocols.Payloads.CanonicalJson;

/// <summary>One message while it is decoded.</summary>
internal ref struct CanonicalJsonMessage
{
    private readonly CanonicalJsonDecoder _decoder;
    private readonly int _deviceIndex;
    private readonly EventTime _receivedAt;
    private readonly TimePolicy _timePolicy;
    private readonly ReadingBatch _batch;
    private readonly int _rowsBefore;
    private JsonScanner _scanner;
    private PayloadFault _fault;
    private int _faultyColumn = -1;
    private int _faultOffset = -1;
    private int _unknownFields;
    private bool _anyKnown;
    private EventTime? _firstDeviceTime;

    public CanonicalJsonMessage(CanonicalJsonDecoder decoder, ReadOnlySpan<byte> payload, Device device, EventTime receivedAt, TimePolicy timePolicy, ReadingBatch batch)
    {
        _decoder = decoder;
        _deviceIndex = device.Index;
        _receivedAt = receivedAt;
        _timePolicy = timePolicy;
        _batch = batch;
        _rowsBefore = batch.Count;
        _scanner = new JsonScanner(payload, CanonicalJsonDecoder.DepthLimit);
    }

    /// <summary>Decodes the whole message.</summary>
    public DecodeResult Decode()
    {
        PayloadFault refusal = ReadMessage();
        if (refusal != PayloadFault.None)
        {
            return Refuse(refusal);
        }

        if (!_anyKnown)
        {
            NoteFault(PayloadFault.NoKnownField, -1, 0);
        }

        return new DecodeResult(_fault, _batch.Count - _rowsBefore, _faultyColumn, _faultOffset, _unknownFields) { DeviceTime = _firstDeviceTime };
    }

    private PayloadFault ReadMessage()
    {
        if (!_scanner.Read())
        {
            return ScannerFault();
        }

        if (_scanner.Token == JsonToken.StartArray)
        {
            PayloadFault fault = ReadArray();
            if (fault != PayloadFault.None)
            {
                return fault;
            }
        }
        else
        {
            PayloadFault fault = ReadObservation();
            if (fault != PayloadFault.None)
            {
                return fault;
            }
        }

        _scanner.Read(); // text after the value is an error, and only this shows it
        return ScannerFault();
    }

    private PayloadFault ReadArray()
    {
        for (int observations = 0; _scanner.Read(); observations++)
        {
            if (_scanner.Token == JsonToken.EndArray)
            {
                return PayloadFault.None;
            }

            if (observations == CanonicalJsonDecoder.ObservationCountLimit)
            {
                return PayloadFault.TooManyReadings;
            }

            PayloadFault fault = ReadObservation();
            if (fault != PayloadFault.None)
            {
                return fault;
            }
        }

        return ScannerFault();
    }

    private PayloadFault ReadObservation()
    {
        if (_scanner.Token != JsonToken.StartObject)
        {
            return PayloadFault.NotAnObject;
        }

        int row = _batch.Count;
        Span<double> values = _batch.Add(new ReadingBatch.Row(_deviceIndex, _receivedAt, _receivedAt, TimeQuality.NoClock, -1));
        SeenMembers seen = default;
        EventTime? deviceTime = null;
        long sequence = -1;
        bool anyValue = false;
        int before = Member.Unknown;
        while (TryReadName(ref before, out int member))
        {
            if (!(member == Member.Unknown ? seen.AddUnknown(_scanner.Value, _scanner.IsEscaped) : seen.Add(member)))
            {
                return PayloadFault.DuplicateField;
            }

            if (!_scanner.Read())
            {
                return ScannerFault();
            }

            if (member == Member.Unknown)
            {
                _unknownFields++;
            }
            else if (_scanner.Token != JsonToken.Null)
            {
                anyValue |= ReadMember(member, values, ref deviceTime, ref sequence);
            }

            if (!_scanner.SkipValue())
            {
                return ScannerFault();
            }
        }

        if (_scanner.Token != JsonToken.EndObject)
        {
            return ScannerFault();
        }

        FileRow(row, anyValue, deviceTime, sequence);
        return PayloadFault.None;
    }

    /// <summary>Reads a member's name; false where there is none.</summary>
    /// <param name="before">The known member before it in its object; set to this one where that is known.</param>
    /// <param name="member">Which it is.</param>
    private bool TryReadName(ref int before, out int member)
    {
        member = _decoder.Order.Following(before);
        if (member != Member.Unknown && _scanner.TryReadName(_decoder.Order.Quoted(member)))
        {
            before = member;
            return true;
        }

        if (!_scanner.Read() || _scanner.Token != JsonToken.Name)
        {
            return false;
        }

        member = _scanner.IsEscaped ? SeenMembers.FindEscaped(_decoder.Members, _scanner.Value) : _decoder.Members.Find(_scanner.Value, Member.Unknown);
        if (member != Member.Unknown)
        {
            _decoder.Order.Saw(before, member);
            before = member;
        }

        return true;
    }

    /// <summary>Reads a known member that is not null; true when it filled a column.</summary>
    private bool ReadMember(int member, scoped Span<double> values, ref EventTime? deviceTime, ref long sequence)
    {
        switch (member)
        {
            case Member.Time:
                ReadTime(ref deviceTime);
                return false;
            case Member.Sequence:
                ReadSequence(ref sequence);
                return false;
            default:
                _anyKnown = true;
                PayloadFault fault = _decoder.Fields[member].Read(_scanner, out double value);
                if (fault != PayloadFault.None)
                {
                    NoteFault(fault, member, _scanner.TokenStart);
                    return false;
                }

                values[member] = value;
                return !double.IsNaN(value);
        }
    }

    private void ReadTime(ref EventTime? deviceTime)
    {
        EventTime time = default;
        bool good = _scanner.Token switch
        {
            JsonToken.Number => TryReadUnixMilliseconds(_scanner.Number, out time),
            JsonToken.Text => EventTime.TryParse(_scanner.Value, out time),
            _ => false,
        };
        if (good)
        {
            deviceTime = time;
        }
        else
        {
            NoteFault(PayloadFault.BadTime, -1, _scanner.TokenStart);
        }
    }

    private void ReadSequence(ref long sequence)
    {
        bool whole = _scanner.Token == JsonToken.Number & long.TryParse(_scanner.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long value);
        if (whole)
        {
            sequence = value;
        }
        else
        {
            NoteFault(PayloadFault.WrongType, -1, _scanner.TokenStart);
        }
    }

    private void FileRow(int row, bool anyValue, EventTime? deviceTime, long sequence)
    {
        if (!anyValue)
        {
            _batch.Truncate(row);
            return;
        }

        if (row == _rowsBefore)
        {
            _firstDeviceTime = deviceTime;
        }

        TimeQuality quality = _timePolicy.Judge(deviceTime, _receivedAt, out EventTime observedAt);
        _batch.SetRow(row, new ReadingBatch.Row(_deviceIndex, observedAt, _receivedAt, quality, sequence));
    }

    private static bool TryReadUnixMilliseconds(double number, out EventTime time)
    {
        // A fraction of a millisecond is cut, as EventTime.From does; the range is checked before the cast.
        double milliseconds = Math.Floor(number);
        bool inRange = milliseconds >= EventTime.MinValue.UnixMilliseconds && milliseconds <= EventTime.MaxValue.UnixMilliseconds;
        time = inRange ? new EventTime((long)milliseconds) : default;
        return inRange;
    }

    private void NoteFault(PayloadFault fault, int column, int offset)
    {
        if (_fault == PayloadFault.None)
        {
            (_fault, _faultyColumn, _faultOffset) = (fault, column, offset);
        }
    }

    /// <summary>Drops the message's rows. A fault of shape gives way to one of syntax further on: what is not JSON has no shape.</summary>
    private DecodeResult Refuse(PayloadFault fault)
    {
        int offset = _scanner.TokenStart;
        while (_scanner.Read())
        {
        }

        _batch.Truncate(_rowsBefore);
        return _scanner.Error == JsonError.Malformed
            ? new DecodeResult(PayloadFault.NotJson, 0, -1, _scanner.TokenStart, 0)
            : new DecodeResult(fault, 0, -1, offset, 0);
    }

    private readonly PayloadFault ScannerFault() => _scanner.Error switch
    {
        JsonError.None => PayloadFault.None,
        JsonError.TooDeep => PayloadFault.NotAnObject,
        _ => PayloadFault.NotJson,
    };
}
