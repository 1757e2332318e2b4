using Gateway.Host.Access.Credentials;
using Gateway.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Host.Access;

public sealed class CredentialStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.File("secrets/mqtt-credentials");

    [Fact]
    public async Task Writers_at_once_lose_nothing_of_each_other()
    {
        const int Writers = 8;
        const int Each = 10;
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(w => Task.Run(() =>
        {
            for (int i = 0; i < Each; i++)
            {
                using CredentialEditor editor = CredentialEditor.Open(Path);
                Credential added = CredentialSamples.Device($"D-{w}-{i}", "x");
                editor.Credentials.Add(added.Name, added);
                editor.Save();
            }
        })));
        Assert.Equal(Writers * Each, CredentialEditor.Read(Path).Count);
        Assert.Equal(["mqtt-credentials", "mqtt-credentials.lock"], Directory.GetFiles(_folder.File("secrets")).Select(System.IO.Path.GetFileName).Order());
    }

    [Fact]
    public void File_is_its_owners_alone()
    {
        CredentialSamples.Save(Path, CredentialSamples.Device("D", "x"));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
        }
    }

    [Fact]
    public void What_a_killed_writer_left_behind_is_in_nobodys_way()
    {
        Directory.CreateDirectory(_folder.File("secrets"));
        File.WriteAllText(Path + ".new", "half a file");
        CredentialSamples.Save(Path, CredentialSamples.Device("D", "x"));
        Assert.Single(CredentialEditor.Read(Path));
        Assert.False(File.Exists(Path + ".new"));
    }

    [Fact]
    public void Store_without_a_file_is_empty() => Assert.Equal(0, Open().Current.Count);

    [Fact]
    public void Damaged_file_at_start_is_an_error_with_its_place()
    {
        CredentialSamples.Save(Path, CredentialSamples.Device("D", "x"));
        File.AppendAllText(Path, "device\n");
        Assert.Contains($"{Path}:3: ", Assert.Throws<InvalidDataException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Changed_file_is_taken_and_unchanged_entries_stay_the_same()
    {
        Credential kept = CredentialSamples.Device("KEPT", "x");
        CredentialSamples.Save(Path, kept, CredentialSamples.Device("GONE", "y"), CredentialSamples.Device("NEW-PASSWORD", "z"));
        CredentialStore store = Open();
        (StoredCredential before, StoredCredential gone, StoredCredential old) = (store.Current.Find("KEPT")!, store.Current.Find("GONE")!, store.Current.Find("NEW-PASSWORD")!);
        CredentialSamples.Save(Path, kept, CredentialSamples.Device("NEW-PASSWORD", "zz"));
        store.Look();

        Assert.Same(before, store.Current.Find("KEPT"));
        Assert.Null(store.Current.Find("GONE"));
        Assert.Equal((false, true, true), (before.IsWithdrawn, gone.IsWithdrawn, old.IsWithdrawn));
        Assert.Equal(1, store.Reloads);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void File_damaged_or_gone_while_running_leaves_the_last_good_set(bool gone)
    {
        Credential one = CredentialSamples.Device("D", "x");
        CredentialSamples.Save(Path, one);
        CredentialStore store = Open();
        StoredCredential before = store.Current.Find("D")!;
        if (gone)
        {
            File.Delete(Path);
        }
        else
        {
            File.AppendAllText(Path, "half a li");
        }

        store.Look();
        Assert.Same(before, store.Current.Find("D"));
        Assert.False(before.IsWithdrawn);
        Assert.Contains(gone ? "is gone" : $"{Path}:3: ", store.Problem, StringComparison.Ordinal);

        File.Delete(Path);
        CredentialSamples.Save(Path, one);
        store.Look();
        Assert.Null(store.Problem);
    }

    [Fact]
    public void Password_found_right_is_remembered_until_its_entry_changes()
    {
        CredentialSamples.Save(Path, CredentialSamples.Device("D", "right"));
        CredentialStore store = Open();
        StoredCredential stored = store.Current.Find("D")!;
        Assert.False(stored.Remembers("right"u8));
        Assert.False(stored.Verify("wrong"u8));
        Assert.False(stored.Remembers("wrong"u8));
        Assert.True(stored.Verify("right"u8));
        Assert.True(stored.Remembers("right"u8));
        Assert.False(stored.Remembers("wrong"u8));

        CredentialSamples.Save(Path, CredentialSamples.Device("D", "another"));
        store.Look();
        Assert.False(store.Current.Find("D")!.Remembers("right"u8));
    }

    [Fact]
    public void Unknown_name_costs_the_rounds_of_some_known_one_and_always_the_same()
    {
        Credential[] known = [.. Enumerable.Range(1, 20).Select(i => CredentialSamples.Device($"D-{i}", "x", i))];
        CredentialSet set = CredentialSet.Empty.With(known);
        int[] rounds = [.. Enumerable.Range(0, 400).Select(i => set.Decoy($"unknown-{i}").Iterations)];
        Assert.True(rounds.Distinct().Count() > 10, "the decoys are not spread over the file");
        Assert.Equal(rounds, Enumerable.Range(0, 400).Select(i => set.Decoy($"unknown-{i}").Iterations));
        Assert.Equal(PasswordHash.GeneratedIterations, CredentialSet.Empty.Decoy("anyone").Iterations);
    }

    /// <inheritdoc />
    public void Dispose() => _folder.Dispose();

    private CredentialStore Open() => CredentialStore.Open(Path, TimeProvider.System, NullLogger<CredentialStore>.Instance);
}
