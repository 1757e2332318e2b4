using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Mqtt.Packets;
using Gateway.Protocols.Payloads.Json;
using Gateway.Protocols.Readings;

namespace Gateway.Protocols.Payloads.Pseudonyms;

/// <summary>
/// Replaces what points at a person (a card number) by a keyed hash, in the payload itself, before anything is written to disk. The same
/// card has the same pseudonym everywhere, so "this card at three doors" can still be asked. Immutable, safe for any number of threads.
/// </summary>
/// <remarks>
/// <para>Rules. A member with the name of a pseudonym field, ASCII letter case aside and escapes resolved, at any depth: a string, a
/// number, an object or an array becomes the text <c>"hmac:</c> + 32 hex digits + <c>"</c>, the first 16 bytes of HMAC-SHA-256 over the
/// string's UTF-8 (escapes resolved), or over the number's, object's or array's text as written. true, false and null stay. Every other
/// byte stays as it is. A card number written as a text and as a number has one pseudonym.</para>
/// <para>A device may put the number elsewhere, into a member nobody knows or into a text for people. So anywhere else, names of members
/// included, each run of <see cref="StrayRunLengthLimit"/> or more ASCII digits in a text becomes <c>hmac:</c> + 32 hex digits of that run,
/// and a number with such a run becomes the text of its pseudonym. What stays is what the profile can read: numbers of its numeric fields, the
/// words of its enumerations, and <c>ts</c> and <c>seq</c>. A text whose escapes hide such a run is replaced whole.</para>
/// <para>Not idempotent, on purpose: a value that already looks like a pseudonym is hashed like any other. Were it let through, a device
/// could write a card number as <c>hmac:00000000000000000000000012345678</c> and have it stored in clear. So this runs once a
/// message, at the door, and never over stored payloads.</para>
/// <para>A payload that is not JSON (or deeper than <see cref="JsonScanner.DepthLimit"/>) is quarantined but kept for inspection: there what
/// <see cref="BrokenPayload"/> finds becomes <c>hmac:</c> + 32 hex digits of it.</para>
/// <para>A hash costs microseconds, so one message gets at most <see cref="HashCountLimit"/> of them, else a message full of numbers could
/// hold up the intake; what is beyond becomes <c>hmac:</c> + 32 zeros.</para>
/// </remarks>
public sealed class Pseudonymizer
{
    /// <summary>Shortest key, in bytes: the strength of the pseudonym.</summary>
    public const int KeyLengthMinimumBytes = 16;

    /// <summary>In JSON, a run of at least this many digits outside the fields of the profile is taken for a number that points at a person.</summary>
    public const int StrayRunLengthLimit = 6;

    /// <summary>Most values hashed in one message: as many as canonical JSON takes observations.</summary>
    public const int HashCountLimit = 1000;

    private const int HashLengthBytes = 16;
    private const int PseudonymLengthBytes = 5 + (2 * HashLengthBytes);
    private const int NameLengthLimitBytes = 512;
    private static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789"u8);
    private readonly byte[] _key;

    private static ReadOnlySpan<byte> Prefix => "hmac:"u8;

    /// <summary>Creates a pseudonymizer.</summary>
    /// <param name="key">At least <see cref="KeyLengthMinimumBytes"/> secret bytes; copied.</param>
    /// <exception cref="ArgumentException">The key is too short.</exception>
    public Pseudonymizer(ReadOnlySpan<byte> key)
    {
        if (key.Length < KeyLengthMinimumBytes)
        {
            throw new ArgumentException($"a pseudonym key has at least {KeyLengthMinimumBytes} bytes", nameof(key));
        }

        _key = key.ToArray();
    }

    /// <summary>The pseudonym of a value, for searching stored payloads: <c>hmac:</c> + 32 hex digits.</summary>
    public string PseudonymOf(ReadOnlySpan<byte> value)
    {
        ArrayBufferWriter<byte> text = new(PseudonymLengthBytes);
        int hashes = 0;
        WritePseudonym(value, text, ref hashes);
        return Encoding.ASCII.GetString(text.WrittenSpan);
    }

    /// <summary>
    /// Writes <paramref name="payload"/> with its pseudonym fields replaced. Any bytes will do; for a profile without pseudonym fields
    /// they are copied as they are (ask <see cref="DeviceProfile.HasPseudonyms"/> first and save the copy).
    /// </summary>
    public void Rewrite(ReadOnlySpan<byte> payload, DeviceProfile profile, IBufferWriter<byte> output)
    {
        if (!profile.HasPseudonyms)
        {
            output.Write(payload);
        }
        else if (IsJson(payload))
        {
            RewriteJson(payload, profile, output);
        }
        else
        {
            WriteBroken(payload, profile, output);
        }
    }

    /// <summary>
    /// MQTT 5 properties in which neither a user property nor the content type shows a run of <see cref="StrayRunLengthLimit"/> or more digits, nor a user property named as a
    /// pseudonym field its value: a letter stands for each byte, by a keyed hash, so that lengths stay and the same number looks the same. The same bytes when there is none.
    /// Response topic and correlation data stay: whoever answers gives them back as they were.
    /// </summary>
    /// <param name="properties">A property section that the parser has validated.</param>
    /// <param name="profile">The profile of the device they are of.</param>
    public ReadOnlySpan<byte> RewriteProperties(ReadOnlySpan<byte> properties, DeviceProfile profile)
    {
        byte[]? rewritten = null;
        int hashes = 0;
        PropertyReader reader = new(properties);
        while (reader.MoveNext())
        {
            if (reader.Id == PropertyId.ContentType)
            {
                RewriteLetters(properties, reader.End - reader.Bytes.Length, reader.Bytes.Length, ref rewritten, ref hashes);
            }

            if (reader.Id != PropertyId.UserProperty)
            {
                continue;
            }

            // Identifier, length and bytes of the name, length and bytes of the value: only the bytes are text.
            RewriteLetters(properties, reader.Start + 3, reader.Bytes.Length, ref rewritten, ref hashes);
            int value = reader.End - reader.Second.Length;
            if (reader.Second.Length > 0 && IsPseudonymName(reader.Bytes, isEscaped: false, profile))
            {
                rewritten ??= properties.ToArray();
                WriteLetters(reader.Second, rewritten.AsSpan(value, reader.Second.Length), ref hashes);
            }
            else
            {
                RewriteLetters(properties, value, reader.Second.Length, ref rewritten, ref hashes);
            }
        }

        return rewritten ?? properties;
    }

    private static bool IsJson(ReadOnlySpan<byte> payload)
    {
        JsonScanner scanner = new(payload, JsonScanner.DepthLimit);
        while (scanner.Read())
        {
        }

        return scanner.Error == JsonError.None;
    }

    private void RewriteJson(ReadOnlySpan<byte> payload, DeviceProfile profile, IBufferWriter<byte> output)
    {
        int written = 0;
        int hashes = 0;
        FieldDefinition? field = null; // that the value which comes next belongs to
        bool isTime = false;
        JsonScanner scanner = new(payload, JsonScanner.DepthLimit);
        while (scanner.Read())
        {
            if (scanner.Token != JsonToken.Name || !IsPseudonymName(scanner.Value, scanner.IsEscaped, profile))
            {
                bool isField = scanner.Token == JsonToken.Name && FieldOf(scanner.Value, profile) is not null;
                if ((scanner.Token is JsonToken.Name or JsonToken.Text && !isField && !IsOwnText(scanner, field, isTime))
                    || (scanner.Token == JsonToken.Number && !isTime && field is not { Type: FieldType.Number or FieldType.Integer }))
                {
                    written = RewriteStray(payload, written, scanner, output, ref hashes);
                }

                bool isName = scanner.Token == JsonToken.Name;
                field = isName ? FieldOf(scanner.Value, profile) : null;
                isTime = isName && (scanner.Value.SequenceEqual("ts"u8) || scanner.Value.SequenceEqual("seq"u8));
                continue;
            }

            (field, isTime) = (null, false);
            scanner.Read();
            if (scanner.Token is JsonToken.True or JsonToken.False or JsonToken.Null)
            {
                continue;
            }

            int start = scanner.TokenStart;
            output.Write(payload[written..start]);
            output.Write("\""u8);
            if (scanner.Token == JsonToken.Text)
            {
                WriteTextPseudonym(scanner.Value, scanner.IsEscaped, output, ref hashes);
            }
            else
            {
                scanner.SkipValue();
                WritePseudonym(payload[start..scanner.Position], output, ref hashes);
            }

            output.Write("\""u8);
            written = scanner.Position;
        }

        output.Write(payload[written..]);
    }

    /// <summary>Writes up to the end of a name, text or number that is not the profile's, without long runs of digits; returns where that is.</summary>
    private int RewriteStray(ReadOnlySpan<byte> payload, int written, in JsonScanner token, IBufferWriter<byte> output, ref int hashes)
    {
        ReadOnlySpan<byte> value = token.Value;
        if (token.Token == JsonToken.Number)
        {
            if (FindRun(value).Start < 0)
            {
                return written;
            }

            output.Write(payload[written..token.TokenStart]);
            output.Write("\""u8);
            WritePseudonym(value, output, ref hashes);
            output.Write("\""u8);
            return token.TokenStart + value.Length;
        }

        if (token.IsEscaped ? !HidesRun(value) : FindRun(value).Start < 0)
        {
            return written;
        }

        output.Write(payload[written..(token.TokenStart + 1)]);
        if (token.IsEscaped)
        {
            WriteTextPseudonym(value, isEscaped: true, output, ref hashes);
        }
        else
        {
            WriteRuns(value, output, ref hashes);
        }

        return token.TokenStart + 1 + value.Length;
    }

    private static readonly EventTime Century = new(946_684_800_000); // 2000-01-01

    private static bool IsOwnText(in JsonScanner token, FieldDefinition? field, bool isTime) =>
        token.Token == JsonToken.Text && (field is { Type: FieldType.Enumeration } ? IsWordOf(field, token.Value) : isTime && IsTime(token.Value));

    // Read as a whole, as the decoder does: a card number behind a date is no time. No card that reads as a time of this century is worth more than it.
    private static bool IsTime(ReadOnlySpan<byte> text) => EventTime.TryParse(text, out EventTime time) && time >= Century && time < Century + TimeSpan.FromDays(36525);

    private static bool IsWordOf(FieldDefinition field, ReadOnlySpan<byte> value)
    {
        foreach (string word in field.Values)
        {
            if (Ascii.Equals(value, word))
            {
                return true;
            }
        }

        return false;
    }

    private static FieldDefinition? FieldOf(ReadOnlySpan<byte> name, DeviceProfile profile)
    {
        for (int column = 0; column < profile.Fields.Count; column++)
        {
            if (Ascii.Equals(name, profile.Fields[column].Name))
            {
                return profile.Fields[column];
            }
        }

        return null;
    }

    /// <summary>Whether a text holds a long run of digits once its escapes are resolved, or cannot be resolved.</summary>
    private static bool HidesRun(ReadOnlySpan<byte> text)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(text.Length);
        bool hides = !JsonText.TryUnescape(text, buffer, out int length) || FindRun(buffer.AsSpan(0, length)).Start >= 0;
        ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        return hides;
    }

    /// <summary>The first run of at least <see cref="StrayRunLengthLimit"/> digits; below 0 when there is none.</summary>
    private static (int Start, int Length) FindRun(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (bytes[at..].IndexOfAny(Digits) is >= 0 and int found)
        {
            int start = at + found;
            int end = bytes[start..].IndexOfAnyExcept(Digits);
            int run = end < 0 ? bytes.Length - start : end;
            if (run >= StrayRunLengthLimit)
            {
                return (start, run);
            }

            at = start + run;
        }

        return (-1, 0);
    }

    private void WriteRuns(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output, ref int hashes)
    {
        while (FindRun(bytes) is ( >= 0 and int start, var length))
        {
            output.Write(bytes[..start]);
            WritePseudonym(bytes.Slice(start, length), output, ref hashes);
            bytes = bytes[(start + length)..];
        }

        output.Write(bytes);
    }

    private void WriteBroken(ReadOnlySpan<byte> payload, DeviceProfile profile, IBufferWriter<byte> output)
    {
        int hashes = 0;
        int written = 0;
        while (BrokenPayload.TryFindNext(payload, profile, written, out int start, out int length))
        {
            output.Write(payload[written..start]);
            WritePseudonym(payload.Slice(start, length), output, ref hashes);
            written = start + length;
        }

        output.Write(payload[written..]);
    }

    private void RewriteLetters(ReadOnlySpan<byte> bytes, int at, int count, ref byte[]? rewritten, ref int hashes)
    {
        int end = at + count;
        while (FindRun(bytes[at..end]) is ( >= 0 and int start, var length))
        {
            rewritten ??= bytes.ToArray();
            WriteLetters(bytes.Slice(at + start, length), rewritten.AsSpan(at + start, length), ref hashes);
            at += start + length;
        }
    }

    private void WriteLetters(ReadOnlySpan<byte> run, Span<byte> letters, ref int hashes)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        hash.Clear();
        if (hashes++ < HashCountLimit)
        {
            HMACSHA256.HashData(_key, run, hash);
        }

        for (int i = 0; i < letters.Length; i++)
        {
            letters[i] = (byte)('a' + (hash[i % hash.Length] & 15));
        }
    }

    private static bool IsPseudonymName(scoped ReadOnlySpan<byte> name, bool isEscaped, DeviceProfile profile)
    {
        Span<byte> buffer = stackalloc byte[NameLengthLimitBytes];
        if (isEscaped)
        {
            // A longer name, even with every character escaped, is longer than any field's.
            if (name.Length > buffer.Length || !JsonText.TryUnescape(name, buffer, out int length))
            {
                return false;
            }

            name = buffer[..length];
        }

        for (int column = 0; column < profile.Fields.Count; column++)
        {
            FieldDefinition field = profile.Fields[column];
            if (field.Type == FieldType.Pseudonym && Ascii.EqualsIgnoreCase(name, field.Name))
            {
                return true;
            }
        }

        return false;
    }

    private void WriteTextPseudonym(ReadOnlySpan<byte> text, bool isEscaped, IBufferWriter<byte> output, ref int hashes)
    {
        if (!isEscaped)
        {
            WritePseudonym(text, output, ref hashes);
            return;
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(text.Length);
        // Half a surrogate pair cannot be resolved: then the text as written is hashed.
        WritePseudonym(JsonText.TryUnescape(text, buffer, out int length) ? buffer.AsSpan(0, length) : text, output, ref hashes);
        ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
    }

    private void WritePseudonym(ReadOnlySpan<byte> value, IBufferWriter<byte> output, ref int hashes)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        hash.Clear();
        if (hashes++ < HashCountLimit)
        {
            HMACSHA256.HashData(_key, value, hash);
        }

        Span<byte> text = output.GetSpan(PseudonymLengthBytes);
        Prefix.CopyTo(text);
        Convert.TryToHexStringLower(hash[..HashLengthBytes], text[Prefix.Length..], out int hexLength);
        output.Advance(Prefix.Length + hexLength);
    }
}
