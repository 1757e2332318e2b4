using Gateway.Host.Access.Credentials;
using Gateway.Rules.Cases;

namespace Gateway.Host.Access.People;

/// <summary>
/// One change to the file of accounts, by whoever holds its lock, the gateway or a command beside it: read, change, <see cref="Save"/>,
/// dispose. A change that cannot be says why, and leaves everything as it was.
/// </summary>
internal sealed class AccountEditor : IDisposable
{
    private readonly LockedFile _file;
    private readonly Dictionary<string, Account> _accounts;
    private readonly List<EndedSession> _ended;

    private AccountEditor(LockedFile file, string path)
    {
        _file = file;
        (IReadOnlyList<Account> accounts, IReadOnlyList<EndedSession> ended) = Read(path);
        _accounts = accounts.ToDictionary(a => a.Name, StringComparer.Ordinal);
        _ended = [.. ended];
    }

    /// <summary>The accounts by name.</summary>
    public IReadOnlyDictionary<string, Account> Accounts => _accounts;

    /// <summary>Takes the lock, waiting for whoever has it, and reads the file; no file is an empty one.</summary>
    /// <exception cref="IOException">The lock is not to be had, or the file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is damaged; the message says where.</exception>
    public static AccountEditor Open(string path)
    {
        LockedFile file = LockedFile.Open(path);
        try
        {
            return new AccountEditor(file, path);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads a file; no file is an empty one.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is damaged; the message says where.</exception>
    public static (IReadOnlyList<Account> Accounts, IReadOnlyList<EndedSession> Ended) Read(string path)
    {
        if (!File.Exists(path))
        {
            return ([], []);
        }

        return AccountFile.TryRead(File.ReadAllBytes(path), path, out IReadOnlyList<Account> accounts, out IReadOnlyList<EndedSession> ended, out string error)
            ? (accounts, ended)
            : throw new InvalidDataException(error);
    }

    /// <summary>Adds an account.</summary>
    /// <returns>Why not; null when it is done, as of all changes here.</returns>
    public string? Add(string name, Roles role, string unit, PasswordHash password, DateTimeOffset now)
    {
        if (!Credential.IsName(name) || Person.IsReserved(name))
        {
            return "an account's name is 1 to 64 letters, digits, - _ . : and not gateway, public or developer, which stand for others in histories";
        }

        if (PersonNumbers.IsIn(name))
        {
            return PersonNumber("an account's name");
        }

        if (!Account.IsUnit(unit))
        {
            return "a unit is 1 to 64 letters, digits, - _ . :";
        }

        if (_accounts.Count >= Account.CountLimit)
        {
            return $"there are {Account.CountLimit} accounts, the most a gateway has";
        }

        return _accounts.TryAdd(name, new Account { Name = name, Role = role, Unit = unit, Since = now, Stamp = Account.NewStamp(), Password = password })
            ? null
            : $"there is an account {name} already";
    }

    /// <summary>Gives an account a role and a unit; its sessions end.</summary>
    /// <param name="name">The account.</param>
    /// <param name="role">Its role from now on.</param>
    /// <param name="unit">Its unit from now on, empty for all; null for the one it has: it must not lose it by being left out.</param>
    /// <param name="now">The time.</param>
    public string? SetRole(string name, Roles role, string? unit, DateTimeOffset now) => unit is not null && !Account.IsUnit(unit)
        ? "a unit is 1 to 64 letters, digits, - _ . :"
        : Change(name, a => a with { Role = role, Unit = unit ?? a.Unit, Since = now, Stamp = Account.NewStamp() });

    /// <summary>Gives an account a password; its sessions end, its tokens stay.</summary>
    public string? SetPassword(string name, PasswordHash password, DateTimeOffset now) =>
        Change(name, a => a with { Password = password, Since = now, Stamp = Account.NewStamp() });

    /// <summary>Takes an account away, with its sessions and tokens.</summary>
    public string? Remove(string name) => _accounts.Remove(name) ? null : Unknown(name);

    /// <summary>Gives an account a token.</summary>
    public string? AddToken(string name, ApiToken token)
    {
        if (!Credential.IsName(token.Name))
        {
            return "a token's name is 1 to 64 letters, digits, - _ . :";
        }

        if (PersonNumbers.IsIn(token.Name))
        {
            return PersonNumber("a token's name");
        }

        return _accounts.TryGetValue(name, out Account? account) && account.Tokens.Count >= ApiToken.CountLimit
            ? $"{name} has {ApiToken.CountLimit} tokens, the most an account has: revoke one"
            : Change(name, a => a with { Tokens = [.. a.Tokens, token] });
    }

    /// <summary>Takes a token back.</summary>
    public string? RevokeToken(string name, string id) => _accounts.TryGetValue(name, out Account? account) && account.Tokens.All(t => t.Id != id)
        ? $"{name} has no token {id}"
        : Change(name, a => a with { Tokens = [.. a.Tokens.Where(t => t.Id != id)] });

    /// <summary>Ends a session; those that would have ended by themselves are forgotten. Where too many are left, all sessions of the account end.</summary>
    public string? EndSession(string name, EndedSession session, DateTimeOffset now)
    {
        if (!_accounts.ContainsKey(name))
        {
            return Unknown(name);
        }

        _ended.RemoveAll(e => e.Until <= now);
        if (_ended.Count >= EndedSession.CountLimit)
        {
            return Change(name, a => a with { Stamp = Account.NewStamp() });
        }

        _ended.Add(session);
        return null;
    }

    /// <summary>Writes the accounts; when it returns they are on disk, and a crash before that leaves the old file.</summary>
    /// <exception cref="IOException">The disk refused; the old file is as it was.</exception>
    public void Save() => _file.Save(AccountFile.Write(_accounts.Values, _ended));

    /// <inheritdoc />
    public void Dispose() => _file.Dispose();

    private string? Change(string name, Func<Account, Account> change)
    {
        if (!_accounts.TryGetValue(name, out Account? account))
        {
            return Unknown(name);
        }

        _accounts[name] = change(account);
        return null;
    }

    private static string PersonNumber(string what) => $"{what} stands in lists and histories for all to read: no mobile telephone or identity card number";

    private static string Unknown(string name) => Credential.IsName(name) ? $"there is no account {name}" : "there is no account of that name";
}
