using System.CommandLine;
using Gateway.Host.Access.Credentials;
using Gateway.Host.Access.People;

namespace Gateway.Host.Cli.Access;

/// <summary><c>users add NAME --role R</c>, <c>list</c>, <c>role</c>, <c>password</c>, <c>remove</c>, <c>token</c>: accounts of people and their tokens.</summary>
internal static class UsersCommand
{
    private const int LongestTokenDays = 3660;

    private static readonly Argument<string> Name = new("NAME") { Description = "Name of the account: a number of service rather than a person's name" };
    private static readonly Option<string?> Data = new("--data") { Description = "Data directory (default: as of serve)", HelpName = "DIR" };
    private static readonly Option<string?> Unit = new("--unit") { Description = "The unit of the responsibility list, or code of the area, whose cases it works on (default: all)", HelpName = "U" };
    private static readonly Option<bool> FromInput = new("--stdin") { Description = "Takes the password from standard input, one line, rather than making one" };

    /// <summary>The command with its subcommands.</summary>
    public static Command Create()
    {
        string roles = string.Join(", ", RoleWords.All.Select(RoleWords.Word));
        Option<string> role = new("--role") { Description = $"One of {roles}", HelpName = "R", Required = true };
        Command add = new("add", "Makes an account; makes a password and prints it once, only its hash is kept") { Name, role, Unit, Data, FromInput };
        add.SetAction(parsed => Of(parsed).SetPassword(
            parsed.GetValue(FromInput),
            (editor, hash, now) => RoleWords.TryParse(parsed.GetValue(role), out Roles known)
                ? editor.Add(parsed.GetValue(Name)!, known, parsed.GetValue(Unit) ?? "", hash, now)
                : $"a role is one of {roles}",
            $"account {parsed.GetValue(Name)} is made"));

        Argument<string> next = new("ROLE") { Description = $"One of {roles}" };
        Command change = new("role", "Gives an account another role and unit; its sessions end") { Name, next, Unit, Data };
        change.SetAction(parsed => Of(parsed).Edit(
            (editor, now) => RoleWords.TryParse(parsed.GetValue(next), out Roles known)
                ? editor.SetRole(parsed.GetValue(Name)!, known, parsed.GetValue(Unit), now)
                : $"a role is one of {roles}",
            $"{parsed.GetValue(Name)} is {parsed.GetValue(next)} now"));

        Command password = new("password", "Gives an account a new password and prints it once; its sessions end, its tokens stay") { Name, Data, FromInput };
        password.SetAction(parsed => Of(parsed).SetPassword(
            parsed.GetValue(FromInput),
            (editor, hash, now) => editor.SetPassword(parsed.GetValue(Name)!, hash, now),
            $"{parsed.GetValue(Name)} has a new password"));

        Command remove = new("remove", "Takes an account away, with its sessions and tokens") { Name, Data };
        remove.SetAction(parsed => Of(parsed).Edit((editor, _) => editor.Remove(parsed.GetValue(Name)!), $"{parsed.GetValue(Name)} is gone"));

        Command list = new("list", "Lists the accounts: name, role, unit, since when, number of tokens") { Data };
        list.SetAction(parsed => Of(parsed).List());
        return new Command("users", "Accounts of people on the HTTP side, and tokens for their programs") { add, list, change, password, remove, Tokens() };
    }

    private static Command Tokens()
    {
        Option<string> label = new("--name") { Description = "What it is for", HelpName = "WHAT", DefaultValueFactory = _ => "token" };
        Option<int?> days = new("--expires") { Description = $"Days it holds, 1 to {LongestTokenDays} (default: until it is revoked)", HelpName = "DAYS" };
        Command add = new("add", "Makes a token for a program and prints it once; it may what the account may") { Name, label, days, Data };
        add.SetAction(parsed => Of(parsed).AddToken(parsed.GetValue(Name)!, parsed.GetValue(label)!, parsed.GetValue(days)));
        Command list = new("list", "Lists an account's tokens: number, what for, since, until, last four characters") { Name, Data };
        list.SetAction(parsed => Of(parsed).ListTokens(parsed.GetValue(Name)!));
        Argument<string> id = new("ID") { Description = "The token's number, as list shows it" };
        Command revoke = new("revoke", "Takes a token back") { Name, id, Data };
        revoke.SetAction(parsed => Of(parsed).Edit((editor, _) => editor.RevokeToken(parsed.GetValue(Name)!, parsed.GetValue(id)!), $"token {parsed.GetValue(id)} of {parsed.GetValue(Name)} is gone"));
        return new Command("token", "Tokens of an account") { add, list, revoke };
    }

    private static AccountConsole Of(ParseResult parsed) => new(
        AccountStore.PathIn(parsed.GetValue(Data) ?? Composition.GatewayOptions.Configured().Data),
        Console.In,
        parsed.InvocationConfiguration.Output,
        parsed.InvocationConfiguration.Error);

    /// <summary>What the commands have in common: secrets go to standard output, once, and everything else to standard error.</summary>
    private sealed class AccountConsole(string path, TextReader input, TextWriter output, TextWriter error)
    {
        public int SetPassword(bool fromInput, Func<AccountEditor, PasswordHash, DateTimeOffset, string?> change, string done)
        {
            string problem = "";
            return (fromInput ? NewPassword.Chosen(input, out problem) : NewPassword.Random()) is { } password
                ? Edit((editor, now) => change(editor, password.Hash, now), done, password.ToShow)
                : Refuse(problem);
        }

        public int AddToken(string name, string label, int? days)
        {
            if (days is < 1 or > LongestTokenDays)
            {
                return Refuse($"--expires is from 1 to {LongestTokenDays} days");
            }

            (ApiToken token, string text) = ApiToken.Make(label, DateTimeOffset.UtcNow, days is { } count ? TimeSpan.FromDays(count) : null);
            return Edit((editor, _) => editor.AddToken(name, token), $"token {token.Id} of {name} is made", text);
        }

        public int Edit(Func<AccountEditor, DateTimeOffset, string?> change, string done, string? secret = null) => Try(() =>
        {
            using AccountEditor editor = AccountEditor.Open(path);
            if (change(editor, DateTimeOffset.UtcNow) is { } problem)
            {
                return Refuse(problem);
            }

            editor.Save();
            if (secret is not null)
            {
                output.WriteLine(secret);
            }

            error.WriteLine($"{done}; a running gateway goes by it from the next request on");
            return 0;
        });

        public int List() => Try(() =>
        {
            foreach (Account account in AccountEditor.Read(path).Accounts.OrderBy(a => a.Name, StringComparer.Ordinal))
            {
                output.WriteLine(string.Join('\t', account.Name, RoleWords.Word(account.Role), account.Unit.Length == 0 ? AccountFile.None : account.Unit, AccountFile.TimeText(account.Since), account.Tokens.Count));
            }

            return 0;
        });

        public int ListTokens(string name) => Try(() =>
        {
            if (AccountEditor.Read(path).Accounts.FirstOrDefault(a => a.Name == name) is not { } account)
            {
                return Refuse("there is no account of that name");
            }

            foreach (ApiToken token in account.Tokens)
            {
                output.WriteLine(string.Join('\t', token.Id, token.Name, AccountFile.TimeText(token.Since), token.Until is { } until ? AccountFile.TimeText(until) : AccountFile.None, token.Tail));
            }

            return 0;
        });

        private int Refuse(string message)
        {
            error.WriteLine("error: " + message);
            return CredentialConsole.Refused;
        }

        private int Try(Func<int> action)
        {
            try
            {
                return action();
            }
            catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                return Refuse(e.Message);
            }
        }
    }
}
