using System.Text;
using Gateway.Host.Access.People;
using Gateway.Tests.Support;

namespace Gateway.Tests.Host.Access.People;

public sealed class AccountFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string FilePath => _folder.File("secrets/accounts");

    [Fact]
    public void Accounts_tokens_and_ended_sessions_read_as_they_were_written()
    {
        PeopleSamples.Add(FilePath, "li-0417", Roles.Officer, "fire-brigade");
        PeopleSamples.Add(FilePath, "admin", Roles.Admin);
        string text = PeopleSamples.AddToken(FilePath, "li-0417", lifetime: TimeSpan.FromDays(3));
        PeopleSamples.AddToken(FilePath, "admin");
        PeopleSamples.Edit(FilePath, e => End(e, "abc", PeopleSamples.Now.AddHours(1)));

        byte[] written = File.ReadAllBytes(FilePath);
        Assert.True(AccountFile.TryRead(written, FilePath, out IReadOnlyList<Account> accounts, out IReadOnlyList<EndedSession> ended, out string error), error);
        Assert.Equal(["admin", "li-0417"], accounts.Select(a => a.Name));
        Assert.Equal((Roles.Officer, "fire-brigade", PeopleSamples.Now.AddDays(3)), (accounts[1].Role, accounts[1].Unit, accounts[1].Tokens[0].Until));
        Assert.Equal(ApiToken.HashOf(text), accounts[1].Tokens[0].Hash);
        Assert.Equal(("", null), (accounts[0].Unit, accounts[0].Tokens[0].Until));
        Assert.Equal(new EndedSession("abc", PeopleSamples.Now.AddHours(1)), Assert.Single(ended));
        Assert.Equal(written, AccountFile.Write(accounts, ended));
    }

    [Fact]
    public void File_is_its_owners_alone_and_holds_no_secret()
    {
        PeopleSamples.Add(FilePath, "li-0417", Roles.Officer);
        string token = PeopleSamples.AddToken(FilePath, "li-0417");
        string text = File.ReadAllText(FilePath);
        Assert.DoesNotContain(PeopleSamples.Password, text, StringComparison.Ordinal);
        Assert.DoesNotContain(token[ApiToken.Prefix.Length..^4], text, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder.File("secrets")));
        }
    }

    [Theory]
    [InlineData("", "accounts:1:")]
    [InlineData("gateway-accounts 2\n", "accounts:1:")]
    [InlineData("gateway-accounts 1\naccount\tx", "in the middle of a line")]
    [InlineData("gateway-accounts 1\naccount\tx\n", "accounts:2:")]
    [InlineData("gateway-accounts 1\ntoken\tab\tx\t2026-01-27T09:00:00Z\t-\twxyz\tAAAA\n", "accounts:2:")]
    [InlineData("gateway-accounts 1\nended\tab\tnever\n", "accounts:2:")]
    public void Damaged_file_is_told_with_its_line(string text, string expected)
    {
        Assert.False(AccountFile.TryRead(Encoding.UTF8.GetBytes(text), "accounts", out _, out _, out string error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void File_cut_anywhere_is_refused_or_ends_with_a_whole_line()
    {
        PeopleSamples.Add(FilePath, "li-0417", Roles.Officer);
        PeopleSamples.AddToken(FilePath, "li-0417");
        byte[] whole = File.ReadAllBytes(FilePath);
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.Equal(length > 0 && whole[length - 1] == '\n', AccountFile.TryRead(whole.AsSpan(0, length), FilePath, out _, out _, out _));
        }
    }

    [Fact]
    public void Change_that_cannot_be_says_why()
    {
        PeopleSamples.Add(FilePath, "li-0417", Roles.Officer);
        using AccountEditor editor = AccountEditor.Open(FilePath);
        Assert.Contains("already", editor.Add("li-0417", Roles.Viewer, "", PeopleSamples.Hash, PeopleSamples.Now), StringComparison.Ordinal);
        Assert.NotNull(editor.Add("gateway", Roles.Viewer, "", PeopleSamples.Hash, PeopleSamples.Now));
        Assert.NotNull(editor.Add("a/b", Roles.Viewer, "", PeopleSamples.Hash, PeopleSamples.Now));
        Assert.NotNull(editor.Add("b", Roles.Viewer, "-", PeopleSamples.Hash, PeopleSamples.Now));
        Assert.NotNull(editor.SetRole("nobody", Roles.Viewer, "", PeopleSamples.Now));
        Assert.NotNull(editor.Remove("nobody"));
        Assert.NotNull(editor.RevokeToken("li-0417", "00000000"));
        for (int i = 0; i < ApiToken.CountLimit; i++)
        {
            Assert.Null(editor.AddToken("li-0417", ApiToken.Make("t", PeopleSamples.Now, null).Token));
        }

        Assert.Contains("most", editor.AddToken("li-0417", ApiToken.Make("t", PeopleSamples.Now, null).Token), StringComparison.Ordinal);
    }

    [Fact]
    public void Ended_sessions_are_forgotten_when_they_would_have_ended_anyway()
    {
        PeopleSamples.Add(FilePath, "admin", Roles.Admin);
        PeopleSamples.Add(FilePath, "li-0417", Roles.Officer);
        PeopleSamples.Edit(FilePath, e => End(e, "old", PeopleSamples.Now.AddHours(1)));
        PeopleSamples.Edit(FilePath, e => e.EndSession("li-0417", new EndedSession("new", PeopleSamples.Now.AddHours(9)), PeopleSamples.Now.AddHours(2)));
        Assert.Equal("new", Assert.Single(AccountEditor.Read(FilePath).Ended).Id);
    }

    [Fact]
    public void Where_too_many_sessions_were_signed_out_all_of_the_account_end()
    {
        PeopleSamples.Add(FilePath, "li-0417", Roles.Officer);
        string before = AccountEditor.Read(FilePath).Accounts[0].Stamp;
        using AccountEditor editor = AccountEditor.Open(FilePath);
        for (int i = 0; i < EndedSession.CountLimit; i++)
        {
            Assert.Null(editor.EndSession("li-0417", new EndedSession($"s{i}", PeopleSamples.Now.AddHours(1)), PeopleSamples.Now));
        }

        Assert.Equal(before, editor.Accounts["li-0417"].Stamp);
        Assert.Null(editor.EndSession("li-0417", new EndedSession("more", PeopleSamples.Now.AddHours(1)), PeopleSamples.Now));
        Assert.NotEqual(before, editor.Accounts["li-0417"].Stamp);
    }

    public void Dispose() => _folder.Dispose();

    private static string? End(AccountEditor editor, string id, DateTimeOffset until) => editor.EndSession("admin", new EndedSession(id, until), PeopleSamples.Now);
}
