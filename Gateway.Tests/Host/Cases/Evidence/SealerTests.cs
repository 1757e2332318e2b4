using System.Text.Json;
using Gateway.Host.Cases;
using Gateway.Host.Cases.Audit;
using Gateway.Host.Cases.Evidence;
using Gateway.Rules.Cases;
using Gateway.Tests.Host.Composition;
using Gateway.Tests.Support;

namespace Gateway.Tests.Host.Cases.Evidence;

/// <summary>From a reading to a sealed file, and years later back to the decision: the whole gateway, and the commands as they are typed.</summary>
[Collection(ProcessTests.Name)]
public sealed class SealerTests : IDisposable
{
    private readonly SteppedTime _time = new();
    private readonly RuntimeRig _rig;

    public SealerTests() => _rig = new RuntimeRig(_time);

    private EvidenceFolder Folder => new(_rig.Data);

    [Fact]
    public async Task Decision_is_reproduced_byte_for_byte_after_the_rules_have_changed_and_the_log_is_gone()
    {
        Case filed = await FileAsync();
        EvidenceSealed seal = Assert.Single(_rig.Gateway.Cases.History(filed.CaseNo).OfType<EvidenceSealed>());
        Assert.True(seal.Reproduces);
        Assert.Equal(seal.Sha256, EvidenceFolder.HashOf(Folder.Find(filed.CaseNo, 1)));

        _rig.Stop();
        string rule = Path.Combine(_rig.City, "rules", "flood-underpass.yaml");
        string text = File.ReadAllText(rule);
        File.WriteAllText(rule, text[..text.IndexOf("tests:", StringComparison.Ordinal)].Replace("water_level >= 0.", "water_level >= 9.", StringComparison.Ordinal));
        _rig.StartAgain();
        await _rig.CaughtUpAsync();
        Assert.NotEqual(EvidenceFormat.Read(Folder.Find(filed.CaseNo, 1)).City, _rig.Gateway.Pipeline.Snapshot!.Revision);
        _rig.Stop();
        Directory.Delete(Path.Combine(_rig.Data, "log"), recursive: true);

        ProgramRun replay = await RunAsync("case", "replay", filed.CaseNo);
        Assert.True(replay.ExitCode == 0, replay.Output + replay.Errors);
        Assert.Contains("reproduced 重现: 3 events, byte for byte\n", replay.Output, StringComparison.Ordinal);

        ProgramRun json = await RunAsync("case", "replay", filed.CaseNo, "--with", rule, "--output", "json");
        Assert.True(json.ExitCode == 0, json.Output + json.Errors);
        JsonElement decision = JsonDocument.Parse(json.Output).RootElement.GetProperty("decisions")[0];
        Assert.True(decision.GetProperty("byteForByte").GetBoolean());
        Assert.Equal(0, decision.GetProperty("with").GetProperty("cases").GetArrayLength());
    }

    [Fact]
    public async Task Other_rule_is_asked_and_its_mistakes_are_told_with_their_place()
    {
        Case filed = await FileAsync();
        string original = Path.Combine(_rig.City, "rules", "flood-underpass.yaml");
        string other = Path.Combine(_rig.Data, "other.yaml");
        File.WriteAllText(other, File.ReadAllText(original).Replace("water_level >= 0.50", "water_level >= 0.90", StringComparison.Ordinal));

        ProgramRun more = await RunAsync("case", "replay", filed.CaseNo, "--with", other);
        Assert.True(more.ExitCode == 0, more.Output + more.Errors);
        Assert.Contains($"with {other} 换规则: opened {filed.OpenedAt} flood.underpass on FLD-000001 critical, led by ", more.Output, StringComparison.Ordinal);

        File.WriteAllText(other, "rules:\n  - alert: x\n    match: {kind: flood}\n    expr: water_levl >= 0.3\n    severity: warning\n");
        ProgramRun wrong = await RunAsync("case", "replay", filed.CaseNo, "--with", other);
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains($"{other}:4:", wrong.Output, StringComparison.Ordinal);

        ProgramRun none = await RunAsync("case", "replay", "AJ-20200101-000001");
        Assert.Equal(2, none.ExitCode);
        Assert.Contains("no case AJ-20200101-000001", none.Errors, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync("case", "replay", filed.CaseNo, "--with", "nowhere.yaml")).ExitCode);
    }

    [Fact]
    public async Task Edited_missing_and_foreign_files_are_found()
    {
        Case filed = await FileAsync();
        Assert.Empty(Verify().Findings);
        Assert.Equal(1, Verify().SealedDecisions);
        string file = Folder.PathOf(filed.CaseNo, 1);
        byte[] good = File.ReadAllBytes(file);

        byte[] bad = [.. good];
        bad[bad.Length / 2] ^= 1;
        File.WriteAllBytes(file, bad);
        ProgramRun replay = await RunAsync("case", "replay", filed.CaseNo);
        Assert.Equal(1, replay.ExitCode);
        Assert.Contains("is not what was sealed", replay.Output, StringComparison.Ordinal);
        Assert.StartsWith($"evidence/{Path.GetFileName(file)}: error: edited: ", Assert.Single(Verify().Findings).ToString(), StringComparison.Ordinal);

        File.Delete(file);
        Assert.Equal(AuditFault.Removed, Assert.Single(Verify().Findings).Fault);

        File.WriteAllBytes(file, good);
        File.WriteAllBytes(Folder.PathOf(filed.CaseNo, 2), good);
        Assert.Equal(AuditFault.Inserted, Assert.Single(Verify().Findings).Fault);
        File.Delete(Folder.PathOf(filed.CaseNo, 2));

        string city = Path.Combine(_rig.Data, "snapshots", $"{EvidenceFormat.Read(good).City}.json.gz");
        File.Delete(city);
        Assert.Contains("the city it names is not there", Assert.Single(Verify().Findings).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Crash_between_two_steps_seals_once(bool isSealed)
    {
        Case filed = await FileAsync(seal: isSealed);
        byte[]? before = Folder.Find(filed.CaseNo, 1);
        Assert.Equal(isSealed, before is not null);
        _rig.Stop();
        if (isSealed)
        {
            File.Delete(Folder.Place); // the seal is in the case, and the place was not written any more
        }
        else
        {
            Folder.Put(filed.CaseNo, 1, "half of it"u8); // the file was there, and the seal never reached the log
        }

        _rig.StartAgain();
        await SealAsync();
        await SealAsync();

        Assert.Single(_rig.Gateway.Cases.History(filed.CaseNo).OfType<EvidenceSealed>());
        Assert.Equal(before ?? Folder.Find(filed.CaseNo, 1), Folder.Find(filed.CaseNo, 1));
        Assert.Empty(Verify().Findings);
        Assert.Equal(0, (await RunAsync("case", "replay", filed.CaseNo)).ExitCode);
    }

    [Fact]
    public async Task Seal_of_a_seal_changes_nothing_and_the_replay_of_the_log_knows_it()
    {
        Case filed = await FileAsync();
        int events = _rig.Gateway.Cases.History(filed.CaseNo).Count;
        _rig.Stop();
        ProgramRun backtest = await RunAsync("rules", "backtest", "--rules", _rig.City);
        Assert.Contains("reproduced exactly", backtest.Output, StringComparison.Ordinal);
        _rig.StartAgain();
        await SealAsync();
        Assert.Equal(events, _rig.Gateway.Cases.History(filed.CaseNo).Count);
    }

    [Fact]
    public async Task Log_is_kept_until_decisions_are_sealed_however_far_it_has_gone_on_before_the_first_pass()
    {
        await FileAsync(seal: false);
        Assert.True(_rig.Gateway.Evidence.NeededOffset() <= 2, "the first start of the log is needed");
        foreach (int days in new[] { 2, 4 })
        {
            _rig.Stop();
            _time.Step = TimeSpan.FromDays(days);
            _rig.LogOptions.SegmentSizeBytes = 16_384;
            _rig.StartAgain();
            for (int i = 0; i < 400; i++)
            {
                _rig.Publish("FLD-000002", "{\"water_level\":0.01}");
            }
        }

        await _rig.CaughtUpAsync();
        Assert.True(_rig.Gateway.Log.Segments.Count() > 4);
        Assert.True(_rig.Gateway.Evidence.NeededOffset() <= 2, "nothing is sealed yet");
        await SealAsync();
        Assert.True(_rig.Gateway.Evidence.NeededOffset() > 2, "what is sealed needs the log no more");
    }

    /// <inheritdoc />
    public void Dispose() => _rig.Dispose();

    private async Task<Case> FileAsync(bool seal = true)
    {
        _rig.Publish("FLD-000001", "{\"water_level\":0.02}");
        _rig.Publish("FLD-000001", "{\"water_level\":0.60}");
        await _rig.CaughtUpAsync();
        Case filed = Assert.Single(_rig.Gateway.Cases.List(new CaseFilter(), 10, null).Cases);
        if (seal)
        {
            await SealAsync();
        }

        return filed;
    }

    private async Task SealAsync()
    {
        await _rig.Gateway.Evidence.SealAsync(CancellationToken.None);
        await _rig.CaughtUpAsync();
    }

    private AuditReport Verify()
    {
        AuditFolder folder = new(_rig.Data);
        using AuditKey key = AuditKey.OpenOrCreate(folder.Key);
        return new AuditVerifier { CaseStore = folder.CaseStore, Data = _rig.Data, Keys = [key] }.Run();
    }

    private Task<ProgramRun> RunAsync(params string[] arguments) => GatewayCommand.RunAsync(null, [.. arguments, "--data", _rig.Data]);
}
