using System.Text;
using System.Text.Json;
using Gateway.Host.Cases;
using Gateway.Host.Cases.Audit;
using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;

namespace Gateway.Host.Export;

/// <summary>
/// Events and cases as lines.
/// <code>
/// {"sequence":17,"caseNo":"AJ-20260127-000001","caseSequence":2,"at":"2026-01-27T09:00:00.000Z","statusBefore":"Collected","statusAfter":"Filed","hash":"HEX","body":{...}}
/// {"number":1,"partition":0,"case":{...}}
/// </code>
/// The body is the stored event byte for byte, as the audit's hash covers it; the case is what the HTTP API shows in lists.
/// </summary>
internal static class CaseLines
{
    private const int CaseNoLengthLimit = 64;
    private const long LargestNumber = 1_000_000_000_000;

    private static ReadOnlySpan<byte> Names => "sequence\0caseNo\0caseSequence\0at\0statusBefore\0statusAfter\0hash\0body"u8;

    /// <summary>Writes an event.</summary>
    /// <exception cref="JsonException">Its body is no JSON.</exception>
    public static void Write(Utf8JsonWriter json, StoredEvent stored)
    {
        AuditEntry entry = stored.Entry;
        json.WriteStartObject();
        json.WriteNumber("sequence", entry.Sequence);
        json.WriteString("caseNo", entry.CaseNo);
        json.WriteNumber("caseSequence", entry.CaseSequence);
        json.WriteString("at", new EventTime(entry.At).ToString());
        json.WriteString("statusBefore", entry.Before);
        json.WriteString("statusAfter", entry.After);
        json.WriteString("hash", Convert.ToHexStringLower(stored.Hash));
        json.WritePropertyName("body");
        json.WriteRawValue(entry.Body);
        json.WriteEndObject();
    }

    /// <summary>Writes a case.</summary>
    public static void Write(Utf8JsonWriter json, (int Partition, Case Case) stored)
    {
        json.WriteStartObject();
        json.WriteNumber("number", stored.Case.Number);
        json.WriteNumber("partition", stored.Partition);
        json.WritePropertyName("case");
        CaseJson.Write(json, stored.Case, history: null);
        json.WriteEndObject();
    }

    /// <summary>Reads an event.</summary>
    /// <returns>The event; null with what is wrong.</returns>
    public static RestoredEvent? ReadEvent(ReadOnlySpan<byte> line, out string problem)
    {
        try
        {
            Utf8JsonReader json = new(line);
            long sequence = 0, caseSequence = 0;
            string caseNo = "", at = "", before = "", after = "", hash = "", body = "";
            ReadOnlySpan<byte> names = Names;
            problem = "it is not as an export has it";
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            for (int member = 0; names.Length > 0; member++)
            {
                int end = names.IndexOf((byte)0);
                ReadOnlySpan<byte> name = end < 0 ? names : names[..end];
                names = end < 0 ? default : names[(end + 1)..];
                if (!json.Read() || json.TokenType != JsonTokenType.PropertyName || !json.ValueTextEquals(name) || !json.Read())
                {
                    problem = $"where {Encoding.UTF8.GetString(name)} should be is something else";
                    return null;
                }

                switch (member)
                {
                    case 0: sequence = json.GetInt64(); break;
                    case 1: caseNo = json.GetString() ?? ""; break;
                    case 2: caseSequence = json.GetInt64(); break;
                    case 3: at = json.GetString() ?? ""; break;
                    case 4: before = json.GetString() ?? ""; break;
                    case 5: after = json.GetString() ?? ""; break;
                    case 6: hash = json.GetString() ?? ""; break;
                    default:
                        int start = (int)json.TokenStartIndex;
                        json.Skip();
                        body = Encoding.UTF8.GetString(line[start..(int)json.BytesConsumed]);
                        break;
                }
            }

            if (!json.Read() || json.TokenType != JsonTokenType.EndObject || json.Read())
            {
                return null;
            }

            return Of(sequence, caseNo, caseSequence, at, before, after, hash, body, out problem);
        }
        catch (Exception e) when (RestoredEvent.IsMisshapen(e))
        {
            problem = e.Message;
            return null;
        }
    }

    /// <summary>Whether a line of a case says what the case is. What only one of them has is passed over: another version of the program may know a member more.</summary>
    /// <param name="line">The line.</param>
    /// <param name="mine">The line of the case as its events make it.</param>
    /// <returns>What differs; null when nothing does.</returns>
    public static string? Difference(ReadOnlyMemory<byte> line, ReadOnlyMemory<byte> mine)
    {
        if (line.Span.SequenceEqual(mine.Span))
        {
            return null;
        }

        try
        {
            using JsonDocument given = JsonDocument.Parse(line), made = JsonDocument.Parse(mine);
            JsonElement makes = made.RootElement.GetProperty("case");
            if (given.RootElement.ValueKind != JsonValueKind.Object || !given.RootElement.TryGetProperty("case", out JsonElement one) || one.ValueKind != JsonValueKind.Object)
            {
                return "it is not as an export has it";
            }

            foreach (string outer in (string[])["number", "partition"])
            {
                if (!given.RootElement.TryGetProperty(outer, out JsonElement says) || !JsonElement.DeepEquals(says, made.RootElement.GetProperty(outer)))
                {
                    return $"{outer} is not {made.RootElement.GetProperty(outer).GetRawText()}, which is what the events make";
                }
            }

            // What may be done with a case next is the program's to say, not the case's.
            string? member = one.EnumerateObject().FirstOrDefault(m => m.Name != "commands" && makes.TryGetProperty(m.Name, out JsonElement other) && !JsonElement.DeepEquals(m.Value, other)).Name;
            return member is null ? null : $"{member} is not what the events of {makes.GetProperty("caseNo").GetString()} make of it";
        }
        catch (JsonException e)
        {
            return e.Message;
        }
    }

    private static RestoredEvent? Of(long sequence, string caseNo, long caseSequence, string at, string before, string after, string hash, string body, out string problem)
    {
        CaseEvent next = JsonSerializer.Deserialize(body, CaseJsonContext.Readable.CaseEvent) ?? throw new JsonException("its body is null");
        if (next.CaseNo != caseNo || next.Sequence != caseSequence || next.At.ToString() != at)
        {
            problem = $"it is said to be event {caseSequence} of {caseNo} at {at}, and says itself that it is event {next.Sequence} of {next.CaseNo} at {next.At}";
            return null;
        }

        // A case number is also the name of files.
        if (caseNo.Length is 0 or > CaseNoLengthLimit || !caseNo.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') || next is CaseCollected { Number: < 1 or > LargestNumber })
        {
            problem = "its case has a number that no case has: letters, digits and hyphens";
            return null;
        }

        problem = "";
        byte[] bytes = Convert.FromHexString(hash);
        if (bytes.Length != AuditEntry.HashLengthBytes)
        {
            problem = "its hash has not 64 hexadecimal digits";
            return null;
        }

        return new RestoredEvent(sequence, next, body, before, after, bytes);
    }
}
