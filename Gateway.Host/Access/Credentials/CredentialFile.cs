using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Gateway.Protocols.Mqtt.Topics;

namespace Gateway.Host.Access.Credentials;

/// <summary>
/// The text of a credential file. A format line, then one line a credential, fields set apart by one tab:
/// <code>
/// gateway-credentials 1
/// device  SMK-000001  2026-01-27T09:00:00Z  pbkdf2-sha256  100  {salt}  {key}
/// tool    dashboard   2026-01-27T09:00:00Z  pbkdf2-sha256  100  {salt}  {key}  subscribe=city/v1/#  publish=city/v1/+/+/command
/// </code>
/// Salt (16 bytes) and key (32 bytes) in URL-safe base64. Every line ends with a line feed, so a file that was cut is seen to be. Pure.
/// </summary>
internal static class CredentialFile
{
    private const string FormatLine = "gateway-credentials 1";
    private const string FormatName = "gateway-credentials ";
    private const string Algorithm = "pbkdf2-sha256";
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";
    private const string PublishRight = "publish=";
    private const string SubscribeRight = "subscribe=";
    private const int FixedFields = 7;

    /// <summary>Reads a file's bytes. False with <paramref name="error"/> as <c>path:line: what is wrong</c>; never throws.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, string path, out IReadOnlyList<Credential> credentials, out string error)
    {
        List<Credential> found = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        credentials = found;
        string problem = "";
        for (int number = 1; problem.Length == 0 && (number == 1 || bytes.Length > 0); number++)
        {
            int end = bytes.IndexOf((byte)'\n');
            if (end < 0)
            {
                problem = "the file ends in the middle of a line";
            }
            else if (!TryDecode(bytes[..end], out string line))
            {
                problem = "not UTF-8 text";
            }
            else if (number == 1)
            {
                problem = line == FormatLine ? "" : line.StartsWith(FormatName, StringComparison.Ordinal)
                    ? $"format {line[FormatName.Length..]} is of another version of the gateway; this one reads 1"
                    : $"not a credential file: it begins with the line {FormatLine}";
            }
            else if (TryReadLine(line, out Credential? credential, out problem))
            {
                problem = names.Add(credential!.Name) ? "" : $"{credential.Name} is there a second time";
                found.Add(credential);
            }

            error = $"{path}:{number.ToString(CultureInfo.InvariantCulture)}: {problem}";
            if (problem.Length > 0)
            {
                return false;
            }

            bytes = bytes[(end + 1)..];
        }

        error = "";
        return true;
    }

    /// <summary>The text of a file with these credentials, in the order of their names.</summary>
    public static byte[] Write(IEnumerable<Credential> credentials)
    {
        StringBuilder text = new(FormatLine + "\n");
        foreach (Credential credential in credentials.OrderBy(c => c.Name, StringComparer.Ordinal))
        {
            text.Append(LineOf(credential)).Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>The line of one credential: two with the same line are the same.</summary>
    public static string LineOf(Credential credential)
    {
        string[] fields =
        [
            KindName(credential.Kind),
            credential.Name,
            credential.Since.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture),
            Algorithm,
            credential.Password.Iterations.ToString(CultureInfo.InvariantCulture),
            Base64Url.EncodeToString(credential.Password.Salt),
            Base64Url.EncodeToString(credential.Password.Key),
            .. credential.Publish.Select(f => PublishRight + f.Text),
            .. credential.Subscribe.Select(f => SubscribeRight + f.Text),
        ];
        return string.Join('\t', fields);
    }

    /// <summary>The word for a kind.</summary>
    public static string KindName(CredentialKind kind) => kind == CredentialKind.Device ? "device" : "tool";

    /// <summary>Reads a topic filter that a tool is allowed: a plain one, without a share and without characters that a line cannot hold.</summary>
    public static bool TryReadFilter(string text, out TopicFilter filter) =>
        TopicFilter.TryParse(text, out filter) && !filter.IsShared && !text.Any(char.IsControl);

    private static bool TryReadLine(string line, out Credential? credential, out string problem)
    {
        credential = null;
        string[] fields = line.Split('\t');
        if (fields.Length < FixedFields || fields[0] is not ("device" or "tool"))
        {
            problem = "a line is device or tool, name, time, algorithm, rounds, salt and key, set apart by tabs";
            return false;
        }

        if (!Credential.IsName(fields[1]))
        {
            problem = "a name is 1 to 64 letters, digits, - _ . :";
            return false;
        }

        if (!DateTime.TryParseExact(fields[2], TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out DateTime since))
        {
            problem = "the time is written like 2026-01-27T09:00:00Z";
            return false;
        }

        if (!TryReadHash(fields, out PasswordHash? password))
        {
            problem = $"the password hash is not one of {Algorithm} with 1 to {PasswordHash.IterationLimit} rounds, {PasswordHash.SaltLengthBytes} bytes of salt and {PasswordHash.KeyLengthBytes} of key";
            return false;
        }

        CredentialKind kind = fields[0] == "device" ? CredentialKind.Device : CredentialKind.Tool;
        List<TopicFilter> publish = [];
        List<TopicFilter> subscribe = [];
        foreach (string right in fields[FixedFields..])
        {
            bool publishes = right.StartsWith(PublishRight, StringComparison.Ordinal);
            bool known = kind == CredentialKind.Tool && (publishes || right.StartsWith(SubscribeRight, StringComparison.Ordinal));
            if (!known || !TryReadFilter(right[(right.IndexOf('=') + 1)..], out TopicFilter filter))
            {
                problem = "behind the key a tool has publish=FILTER and subscribe=FILTER, and a device nothing";
                return false;
            }

            (publishes ? publish : subscribe).Add(filter);
        }

        credential = new Credential { Kind = kind, Name = fields[1], Since = since, Password = password!, Publish = publish, Subscribe = subscribe };
        problem = "";
        return true;
    }

    private static bool TryReadHash(string[] fields, out PasswordHash? hash)
    {
        hash = null;
        byte[] salt = new byte[PasswordHash.SaltLengthBytes];
        byte[] key = new byte[PasswordHash.KeyLengthBytes];
        if (fields[3] != Algorithm
            || !int.TryParse(fields[4], NumberStyles.None, CultureInfo.InvariantCulture, out int iterations)
            || iterations is < 1 or > PasswordHash.IterationLimit
            || !TryReadBase64(fields[5], salt)
            || !TryReadBase64(fields[6], key))
        {
            return false;
        }

        hash = new PasswordHash(iterations, salt, key);
        return true;
    }

    private static bool TryReadBase64(string text, byte[] bytes) =>
        Base64Url.IsValid(text, out int length) && length == bytes.Length && Base64Url.TryDecodeFromChars(text, bytes, out int written) && written == bytes.Length;

    private static bool TryDecode(ReadOnlySpan<byte> bytes, out string text)
    {
        bool valid = System.Text.Unicode.Utf8.IsValid(bytes);
        text = valid ? Encoding.UTF8.GetString(bytes) : "";
        return valid;
    }
}
