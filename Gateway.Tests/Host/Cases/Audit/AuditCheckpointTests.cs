using System.Security.Cryptography;
using Gateway.Host.Cases.Audit;
using Gateway.Rules.Cases;

namespace Gateway.Tests.Host.Cases.Audit;

public sealed class AuditCheckpointTests : IDisposable
{
    private readonly AuditRig _rig = new AuditRig().WithCases();

    [Fact]
    public void Line_reads_as_it_was_written()
    {
        string line = _rig.Seal();

        Assert.True(AuditCheckpoint.TryParse(line, out AuditCheckpoint? read));
        Assert.Matches($"^case-audit-1 checkpoint=1 entries=18 sequence=18 time=2026-01-27T09:30:00.000Z root={_rig.Verify().Root} key=[0-9a-f]{{16}} signature=[A-Za-z0-9+/=]+$", line);
        Assert.Equal((1L, 18L, 18L, line), (read.Number, read.Entries, read.Sequence, read.Line));
        Assert.Equal([line], File.ReadAllLines(_rig.Folder.Checkpoints));
    }

    [Fact]
    public void Checkpoint_without_new_events_is_the_latest_one_again()
    {
        string line = _rig.Seal();

        Assert.Null(_rig.Store.SealAudit(_rig.Folder));
        Assert.Equal(line, AuditSealer.SealFile(_rig.Folder));
        Assert.Equal([line], File.ReadAllLines(_rig.Folder.Checkpoints));
    }

    [Fact]
    public void Long_history_is_signed_in_parts_and_the_last_has_the_root_of_all()
    {
        List<AuditCheckpoint> parts = [];
        while (_rig.Store.SealAudit(_rig.Folder, limit: 7) is { } part)
        {
            parts.Add(part);
        }

        Assert.Equal([7L, 14L, 18L], parts.Select(p => p.Sequence));
        Assert.Equal(_rig.Verify().Root, parts[^1].Root);
        Assert.Equal(3, File.ReadAllLines(_rig.Folder.Checkpoints).Length);
        Assert.Empty(AuditRig.Faults(_rig.Verify(File.ReadAllLines(_rig.Folder.Checkpoints))));
    }

    [Theory]
    [InlineData("")] // the file is gone
    [InlineData("case-audit-1 checkpoint=2 ent")] // a crash in the middle of a line
    [InlineData("case-audit-1 check\n")]
    public void File_catches_up_with_the_store(string left)
    {
        string[] lines = [.. Enumerable.Range(0, 3).Select(_ => SealMore())];
        File.WriteAllText(_rig.Folder.Checkpoints, left);
        _rig.Store.SealAudit(_rig.Folder);

        Assert.Equal(lines, File.ReadAllLines(_rig.Folder.Checkpoints).Where(l => l.EndsWith('=') || l.Length > 100));
        Assert.EndsWith("\n", File.ReadAllText(_rig.Folder.Checkpoints), StringComparison.Ordinal);
    }

    [Fact]
    public void File_that_has_some_lines_gets_those_that_follow()
    {
        string[] lines = [.. Enumerable.Range(0, 3).Select(_ => SealMore())];
        File.WriteAllText(_rig.Folder.Checkpoints, lines[0] + "\n" + lines[1][..50]);
        _rig.Store.SealAudit(_rig.Folder);

        Assert.Equal(lines, File.ReadAllLines(_rig.Folder.Checkpoints));
    }

    [Fact]
    public void Tops_that_were_damaged_are_made_anew_from_the_entries()
    {
        _rig.Seal();
        _rig.Tamper("UPDATE audit_checkpoints SET peaks = zeroblob(length(peaks))");
        SealMore();

        Assert.Equal(["edited checkpoint 1"], AuditRig.Faults(_rig.Verify()));
    }

    [Fact]
    public void Key_and_lines_are_for_the_owner_only()
    {
        _rig.Seal();
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_rig.Folder.Key));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_rig.Folder.Checkpoints));
        }
    }

    [Fact]
    public void File_that_is_no_key_is_named_and_cases_go_on()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_rig.Folder.Key)!);
        File.WriteAllText(_rig.Folder.Key, "no key");

        Assert.Contains(_rig.Folder.Key, Assert.Throws<InvalidDataException>(() => _rig.Store.SealAudit(_rig.Folder)).Message);
        _rig.Drive.Command(40, CaseCommandKind.Comment, caseNo: AuditRig.Second);
        _rig.Commit();
        Assert.Equal(0, _rig.Verify(key: KeyOf("other")).Errors);
    }

    [Fact]
    public void Tree_is_the_one_of_RFC_6962_and_goes_on_from_its_tops()
    {
        byte[][] hashes = [.. Enumerable.Range(0, 70).Select(i => SHA256.HashData([(byte)i]))];
        MerkleTree tree = new();
        for (int count = 0; count < hashes.Length; count++)
        {
            Assert.Equal(Convert.ToHexString(Mth(hashes[..count])), Convert.ToHexString(tree.Root()));
            tree = MerkleTree.Restore(count, tree.Peaks)!;
            tree.Add(hashes[count]);
        }

        Assert.Null(MerkleTree.Restore(3, new byte[32]));
        Assert.StartsWith("E3B0C442", Convert.ToHexString(new MerkleTree().Root()), StringComparison.Ordinal);
    }

    public void Dispose() => _rig.Dispose();

    /// <summary>The definition, word by word.</summary>
    private static byte[] Mth(byte[][] hashes)
    {
        if (hashes.Length < 2)
        {
            return hashes.Length == 0 ? SHA256.HashData([]) : SHA256.HashData([0, .. hashes[0]]);
        }

        int left = 1;
        while (left * 2 < hashes.Length)
        {
            left *= 2;
        }

        return SHA256.HashData([1, .. Mth(hashes[..left]), .. Mth(hashes[left..])]);
    }

    private string KeyOf(string name)
    {
        string path = Path.Combine(_rig.Data, name);
        AuditKey.OpenOrCreate(path).Dispose();
        return path;
    }

    private string SealMore()
    {
        _rig.Drive.Command(40, CaseCommandKind.Comment, caseNo: AuditRig.Second);
        _rig.Commit(40);
        return _rig.Seal();
    }
}
