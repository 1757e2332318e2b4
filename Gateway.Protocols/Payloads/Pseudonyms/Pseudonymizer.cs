using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Payloads.Json;

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
/// <para>Not idempotent, on purpose: a value that already looks like a pseudonym is hashed like any other. Were it let through, a device
/// could write a card number as <c>hmac:00000000000000000000000012345678</c> and have it stored in clear. So this runs once a
/// message, at the door, and never over stored payloads.</para>
/// <para>A payload that is not JSON (or deeper than <see cref="JsonScanner.DepthLimit"/>) is quarantined but kept for inspection: there each
/// run of <see cref="BrokenRunLengthLimit"/> or more ASCII digits becomes <c>hmac:</c> + 32 hex digits of that run.</para>
/// <para>A hash costs microseconds, so one message gets at most <see cref="HashCountLimit"/> of them, else a message full of numbers could
/// hold up the intake; what is beyond becomes <c>hmac:</c> + 32 zeros.</para>
/// </remarks>
public sealed class Pseudonymizer
{
    /// <summary>Shortest key, in bytes: the strength of the pseudonym.</summary>
    public const int KeyLengthMinimumBytes = 16;

    /// <summary>In a payload that is not JSON, a run of at least this many digits is taken for a number that points at a person.</summary>
    public const int BrokenRunLengthLimit = 4;

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
            RewriteBroken(payload, output);
        }
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
        JsonScanner scanner = new(payload, JsonScanner.DepthLimit);
        while (scanner.Read())
        {
            if (scanner.Token != JsonToken.Name || !IsPseudonymName(scanner.Value, scanner.IsEscaped, profile))
            {
                continue;
            }

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

    private void RewriteBroken(ReadOnlySpan<byte> payload, IBufferWriter<byte> output)
    {
        int hashes = 0;
        while (!payload.IsEmpty)
        {
            int start = payload.IndexOfAny(Digits);
            int plain = start < 0 ? payload.Length : start;
            output.Write(payload[..plain]);
            payload = payload[plain..];
            int end = payload.IndexOfAnyExcept(Digits);
            int run = end < 0 ? payload.Length : end;
            if (run >= BrokenRunLengthLimit)
            {
                WritePseudonym(payload[..run], output, ref hashes);
            }
            else
            {
                output.Write(payload[..run]);
            }

            payload = payload[run..];
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
        // Half a surrogate pair cannot be resolved: then the text as written is what is hashed.
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
