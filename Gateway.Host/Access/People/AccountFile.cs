using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Gateway.Host.Access.Credentials;

namespace Gateway.Host.Access.People;

/// <summary>
/// The text of the file of accounts. A format line, then a line for each account, its tokens behind it, and for each session that was
/// signed out; fields set apart by one tab, <c>-</c> for none:
/// <code>
/// gateway-accounts 1
/// account  li-0417  officer  fire-brigade  2026-01-27T09:00:00Z  {stamp}  pbkdf2-sha256  600000  {salt}  {key}
/// token    4f1c22ab  wallboard  2026-01-27T09:00:00Z  2026-07-27T09:00:00Z  {last 4}  {sha256}
/// ended    {session}  2026-01-27T21:00:00Z
/// </code>
/// Every line ends with a line feed, so a file that was cut is seen to be. Pure.
/// </summary>
internal static class AccountFile
{
    /// <summary>What stands for nothing.</summary>
    public const string None = "-";

    private const string FormatLine = "gateway-accounts 1";
    private const string Algorithm = "pbkdf2-sha256";
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <summary>Reads a file's bytes. False with <paramref name="error"/> as <c>path:line: what is wrong</c>; never throws.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, string path, out IReadOnlyList<Account> accounts, out IReadOnlyList<EndedSession> ended, out string error)
    {
        List<Account> found = [];
        List<EndedSession> over = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        (accounts, ended) = (found, over);
        string text = System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : "";
        string[] lines = text.Split('\n');
        string problem = lines[0] != FormatLine ? $"not a file of accounts of this version: it begins with the line {FormatLine}" : lines[^1].Length > 0 ? "the file ends in the middle of a line" : "";
        int number = problem.Length > 0 && lines[0] == FormatLine ? lines.Length : 1;
        while (problem.Length == 0 && ++number < lines.Length)
        {
            problem = ReadLine(lines[number - 1].Split('\t'), found, over, names) ?? "";
        }

        error = problem.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{path}:{number}: {problem}");
        return problem.Length == 0;
    }

    /// <summary>The text of a file with these accounts, in the order of their names.</summary>
    public static byte[] Write(IEnumerable<Account> accounts, IEnumerable<EndedSession> ended)
    {
        StringBuilder text = new(FormatLine + "\n");
        foreach (Account account in accounts.OrderBy(a => a.Name, StringComparer.Ordinal))
        {
            Add(text, "account", account.Name, RoleWords.Word(account.Role), account.Unit.Length == 0 ? None : account.Unit, TimeText(account.Since), account.Stamp, Algorithm,
                account.Password.Iterations.ToString(CultureInfo.InvariantCulture), Base64Url.EncodeToString(account.Password.Salt), Base64Url.EncodeToString(account.Password.Key));
            foreach (ApiToken token in account.Tokens)
            {
                Add(text, "token", token.Id, token.Name, TimeText(token.Since), token.Until is { } until ? TimeText(until) : None, token.Tail, Base64Url.EncodeToString(token.Hash));
            }
        }

        foreach (EndedSession session in ended)
        {
            Add(text, "ended", session.Id, TimeText(session.Until));
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>A time as the file has it.</summary>
    public static string TimeText(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    private static void Add(StringBuilder text, params string[] fields) => text.AppendJoin('\t', fields).Append('\n');

    private static string? ReadLine(string[] fields, List<Account> accounts, List<EndedSession> ended, HashSet<string> names)
    {
        switch (fields)
        {
            case ["account", var name, var role, var unit, var since, var stamp, Algorithm, var rounds, var salt, var key]:
                if (!Credential.IsName(name) || !RoleWords.TryParse(role, out Roles known) || (unit != None && !Account.IsUnit(unit)) || !IsWord(stamp)
                    || !TryTime(since, out DateTimeOffset at) || HashOf(rounds, salt, key) is not { } password)
                {
                    return "an account is name, role, unit or -, time, stamp, algorithm, rounds, salt and key";
                }

                if (!names.Add(name))
                {
                    return $"{name} is there a second time";
                }

                accounts.Add(new Account { Name = name, Role = known, Unit = unit == None ? "" : unit, Since = at, Stamp = stamp, Password = password });
                return null;
            case ["token", var id, var name, var since, var until, var tail, var hash] when accounts.Count > 0:
                DateTimeOffset end = default;
                if (!IsWord(id) || !Credential.IsName(name) || !IsWord(tail) || !TryTime(since, out DateTimeOffset made) || (until != None && !TryTime(until, out end)) || BytesOf(hash, ApiToken.HashLengthBytes) is not { } bytes)
                {
                    return "a token is number, name, time, its end or -, last four characters and hash";
                }

                ApiToken token = new() { Id = id, Name = name, Since = made, Until = until == None ? null : end, Tail = tail, Hash = bytes };
                accounts[^1] = accounts[^1] with { Tokens = [.. accounts[^1].Tokens, token] };
                return null;
            case ["ended", var id, var until] when IsWord(id) && TryTime(until, out DateTimeOffset gone):
                ended.Add(new EndedSession(id, gone));
                return null;
            default:
                return "a line is an account, a token behind its account, or an ended session, its fields set apart by tabs";
        }
    }

    private static PasswordHash? HashOf(string rounds, string salt, string key) =>
        int.TryParse(rounds, NumberStyles.None, CultureInfo.InvariantCulture, out int iterations) && iterations is >= 1 and <= PasswordHash.IterationLimit
        && BytesOf(salt, PasswordHash.SaltLengthBytes) is { } saltBytes && BytesOf(key, PasswordHash.KeyLengthBytes) is { } keyBytes
            ? new PasswordHash(iterations, saltBytes, keyBytes)
            : null;

    private static byte[]? BytesOf(string text, int lengthBytes) =>
        Base64Url.IsValid(text, out int length) && length == lengthBytes ? Base64Url.DecodeFromChars(text) : null;

    private static bool IsWord(string text) => text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static bool TryTime(string text, out DateTimeOffset time)
    {
        bool isTime = DateTime.TryParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out DateTime parsed);
        time = new DateTimeOffset(DateTime.SpecifyKind(parsed, DateTimeKind.Utc));
        return isTime;
    }
}
