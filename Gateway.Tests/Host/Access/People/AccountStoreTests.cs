using Gateway.Host.Access.People;
using Gateway.Tests.Support;

namespace Gateway.Tests.Host.Access.People;

public sealed class AccountStoreTests : IDisposable
{
    private const int Writers = 8;

    private readonly TemporaryFolder _folder = new();
    private readonly RecordedLog _log = new();

    private string FilePath => AccountStore.PathIn(_folder.Path);

    [Fact]
    public void Edit_beside_the_gateway_is_in_force_at_the_next_look()
    {
        AccountStore store = Open();
        Assert.Null(store.Look().Find("li-0417"));
        PeopleSamples.Add(FilePath, "li-0417", Roles.Officer);
        Assert.Equal(Roles.Officer, store.Look().Find("li-0417")?.Role);
        PeopleSamples.Edit(FilePath, e => e.Remove("li-0417"));
        Assert.Null(store.Look().Find("li-0417"));
    }

    [Fact]
    public void Damaged_or_missing_file_leaves_the_last_good_accounts_and_says_so()
    {
        PeopleSamples.Add(FilePath, "li-0417", Roles.Officer);
        AccountStore store = Open();
        File.WriteAllText(FilePath, "gateway-accounts 1\nrubbish\n");
        Assert.NotNull(store.Look().Find("li-0417"));
        Assert.Contains("accounts:2:", store.Problem, StringComparison.Ordinal);
        Assert.True(store.Edit(e => e.Remove("li-0417"))!.IsFile);

        File.Delete(FilePath);
        Assert.NotNull(store.Look().Find("li-0417"));
        Assert.Contains("gone", store.Problem, StringComparison.Ordinal);

        PeopleSamples.Add(FilePath, "wang-0093", Roles.Viewer);
        Assert.Equal(["wang-0093"], store.Look().All.Select(a => a.Name));
        Assert.Null(store.Problem);
        Assert.Equal(2, _log.Lines.Count(l => l.Contains("last good", StringComparison.Ordinal)));
    }

    [Fact]
    public void Refusal_tells_a_wish_that_cannot_be_from_a_file_that_cannot_be_changed()
    {
        PeopleSamples.Add(FilePath, "li-0417", Roles.Officer);
        AccountStore store = Open();
        Assert.False(store.Edit(e => e.Remove("nobody"))!.IsFile);
        store.Look();
        File.Delete(FilePath);
        Assert.Equal((true, true), (store.Edit(e => e.Remove("li-0417"))!.IsFile, store.Edit(e => e.Add("new", Roles.Viewer, "", PeopleSamples.Hash, PeopleSamples.Now))!.IsFile));
        Assert.False(File.Exists(FilePath));
    }

    [Fact]
    public async Task Changes_by_many_at_once_all_happen()
    {
        AccountStore store = Open();
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(i => Task.Run(() =>
            Assert.Null(store.Edit(e => e.Add($"n{i}", Roles.Viewer, "", PeopleSamples.Hash, PeopleSamples.Now))))));
        Assert.Equal(Writers, store.Look().Count);
    }

    [Fact]
    public void Password_is_right_for_its_own_name_only()
    {
        PeopleSamples.Add(FilePath, "li-0417", Roles.Officer);
        AccountSet accounts = Open().Look();
        byte[] password = System.Text.Encoding.UTF8.GetBytes(PeopleSamples.Password);
        Assert.True(accounts.Verify("li-0417", password));
        Assert.False(accounts.Verify("li-0417", "wrong"u8));
        Assert.False(accounts.Verify("nobody", password)); // though it is checked against the one hash there is
        Assert.False(new AccountSet([], []).Verify("nobody", password));
    }

    [Fact]
    public void Session_is_over_with_the_stamp_its_time_or_its_end()
    {
        PeopleSamples.Add(FilePath, "li-0417", Roles.Officer);
        AccountStore store = Open();
        PersonSession session = PersonSession.Begin(store.Look().Find("li-0417")!, PeopleSamples.Now);
        TimeSpan longest = TimeSpan.FromHours(12);
        Assert.NotNull(session.Open(store.Look(), longest, PeopleSamples.Now.AddHours(11)));
        Assert.Null(session.Open(store.Look(), longest, PeopleSamples.Now.AddHours(12)));

        PeopleSamples.Edit(FilePath, e => e.SetRole("li-0417", Roles.Viewer, "", PeopleSamples.Now));
        Assert.Null(session.Open(store.Look(), longest, PeopleSamples.Now));
        PersonSession next = PersonSession.Begin(store.Look().Find("li-0417")!, PeopleSamples.Now);
        Assert.NotEqual(session.Id, next.Id);
        Assert.NotNull(next.Open(store.Look(), longest, PeopleSamples.Now));
        PeopleSamples.Edit(FilePath, e => e.EndSession("li-0417", new EndedSession(next.Id, PeopleSamples.Now + longest), PeopleSamples.Now));
        Assert.Null(next.Open(store.Look(), longest, PeopleSamples.Now));
    }

    public void Dispose() => _folder.Dispose();

    private AccountStore Open() => AccountStore.Open(FilePath, _log);
}
