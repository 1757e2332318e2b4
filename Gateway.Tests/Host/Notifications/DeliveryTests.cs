using Gateway.Host.Notifications;
using Gateway.Rules.Cases;
using Gateway.Rules.Evaluation;
using Gateway.Tests.Support;

namespace Gateway.Tests.Host.Notifications;

/// <summary>Everything arrives, in order, one request at a time, and what comes twice says so.</summary>
public sealed class DeliveryTests : IAsyncLifetime
{
    private readonly OutboxRig _rig = new();
    private WebhookReceiver _receiver = null!;

    [Fact]
    public async Task Events_arrive_in_order_and_name_their_sequences()
    {
        WebhookDispatcher dispatcher = _rig.Run(OutboxRig.Options(_receiver));
        _rig.Collect(1);
        WebhookRequest first = await _receiver.NextAsync();
        Assert.Equal((1, 1), (first.FirstSequence, first.Sequence));
        Assert.Equal("/hook?token=path-secret", first.Path);
        await OutboxRig.IdleAsync(dispatcher, 1);

        _rig.Commit([(1, new CaseFiled("")), (1, new CaseCommented("Zhang San was there")), (1, new CaseVoided("Li Si burnt toast"))]);
        WebhookRequest second = await _receiver.NextAsync();
        Assert.Equal((2, 4), (second.FirstSequence, second.Sequence));
        Assert.Equal("2:filed 3:commented 4:voided", Assert.Single(second.Alerts).GetProperty("annotations").GetProperty("events").GetString());
        Assert.Equal("resolved", second.Body.GetProperty("status").GetString());
        Assert.DoesNotContain("Zhang", second.Body.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("Li Si", second.Body.GetRawText(), StringComparison.Ordinal);
        await OutboxRig.IdleAsync(dispatcher, 4);
        Assert.Empty(_receiver.Rest());
    }

    [Fact]
    public async Task Receiver_away_for_ten_minutes_gets_everything_in_order_as_it_was_then()
    {
        await _receiver.LeaveAsync();
        _rig.Collect(1);
        WebhookDispatcher dispatcher = _rig.Run(OutboxRig.Options(_receiver));
        List<double> waits = [];
        while (_rig.Time.Passed < TimeSpan.FromMinutes(10))
        {
            if (waits.Count == 3)
            {
                _rig.Collect(70);
                _rig.Add(1, new CaseVoided(""));
            }

            waits.Add((await _rig.PassBackoffAsync(dispatcher)).TotalSeconds);
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60], waits.Take(8));
        Assert.All(waits.Skip(8), w => Assert.Equal(60, w));
        await OutboxRig.StatusAsync(dispatcher, s => s.Activity == WebhookActivity.Waiting);
        await _receiver.ComeAsync();
        await _rig.PassBackoffAsync(dispatcher);
        await OutboxRig.IdleAsync(dispatcher, 72);

        IReadOnlyList<WebhookRequest> all = _receiver.Rest();
        Assert.Equal([(1, 1), (2, 65), (66, 72)], all.Select(r => (r.FirstSequence, r.Sequence)));
        Assert.Equal("firing", all[0].Alerts[0].GetProperty("status").GetString()); // it was open then
        Assert.Equal(
            Enumerable.Range(1, 71).Append(1).Select(OutboxRig.CaseNo),
            all.SelectMany(r => r.Alerts).Select(a => a.GetProperty("labels").GetProperty("caseNo").GetString()));
        Assert.Equal("resolved", all[2].Alerts[^1].GetProperty("status").GetString());
        Assert.Equal(1, _receiver.MostAtOnce);
        Assert.Single(_rig.Log.Lines, l => l.StartsWith("Warning 1601", StringComparison.Ordinal));
        Assert.Single(_rig.Log.Lines, l => l.StartsWith("Information 1602", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Gateway_that_stops_between_delivery_and_cursor_sends_the_same_request_again()
    {
        TaskCompletionSource hold = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _receiver.Answer = _ => hold.Task;
        _rig.Collect(3);
        _rig.Run(OutboxRig.Options(_receiver));
        WebhookRequest before = await _receiver.NextAsync();
        await _rig.StopAsync();
        hold.SetResult();
        _rig.Collect(2); // more is there now, and still the same request comes again

        WebhookDispatcher dispatcher = _rig.Run(OutboxRig.Options(_receiver));
        WebhookRequest again = await _receiver.NextAsync();
        Assert.Equal((before.FirstSequence, before.Sequence, before.Body.GetRawText()), (again.FirstSequence, again.Sequence, again.Body.GetRawText()));
        await OutboxRig.IdleAsync(dispatcher, 5);
        Assert.Equal((4, 5), Assert.Single(_receiver.Rest().Select(r => (r.FirstSequence, r.Sequence))));

        await _rig.StopAsync();
        await OutboxRig.IdleAsync(_rig.Run(OutboxRig.Options(_receiver)), 5);
        Assert.Empty(_receiver.Rest()); // a proper stop repeats nothing
    }

    [Fact]
    public async Task Storm_of_ten_thousand_cases_is_a_bounded_number_of_requests()
    {
        long last = _rig.Collect(10_000);
        WebhookDispatcher dispatcher = _rig.Run(OutboxRig.Options(_receiver));
        WebhookRequest first = await _receiver.NextAsync();
        Assert.Equal((64, TimeSpan.Zero), (first.Alerts.Length, _rig.Time.Passed));
        await OutboxRig.IdleAsync(dispatcher, last);
        IReadOnlyList<WebhookRequest> all = [first, .. _receiver.Rest()];
        Assert.Equal(157, all.Count); // 10,000 / 64
        Assert.Equal(10_000, all.SelectMany(r => r.Alerts).Select(a => a.GetProperty("labels").GetProperty("caseNo").GetString()).Distinct().Count());
        Assert.Equal(10_000, dispatcher.Status.Alerts);
    }

    [Fact]
    public async Task Filter_passes_families_and_severities_and_the_rest_only_moves_the_cursor()
    {
        WebhookOptions options = OutboxRig.Options(_receiver);
        (options.Events, options.MinimumSeverity) = (["flood.*"], "critical");
        _rig.Collect(1, "fire.smoke", AlertSeverity.Emergency);
        _rig.Collect(1, "flooding.cellar", AlertSeverity.Emergency);
        _rig.Collect(1, "flood.river", AlertSeverity.Critical);
        _rig.Collect(1, "flood.river", AlertSeverity.Warning);
        WebhookDispatcher dispatcher = _rig.Run(options);
        await OutboxRig.IdleAsync(dispatcher, 4);
        Assert.Equal(OutboxRig.CaseNo(3), Assert.Single(Assert.Single(_receiver.Rest()).Alerts).GetProperty("labels").GetProperty("caseNo").GetString());

        _rig.Add(4, new SeverityRaised(AlertSeverity.Critical, "higher"));
        Assert.Equal(OutboxRig.CaseNo(4), Assert.Single((await _receiver.NextAsync()).Alerts).GetProperty("labels").GetProperty("caseNo").GetString());
    }

    [Fact]
    public async Task Receiver_that_is_new_begins_with_what_happens_next()
    {
        _rig.Collect(5);
        WebhookOptions options = OutboxRig.Options(_receiver);
        options.FromBeginning = false;
        WebhookDispatcher dispatcher = _rig.Run(options);
        await OutboxRig.IdleAsync(dispatcher, 5);
        _rig.Collect(1);
        Assert.Equal(6, (await _receiver.NextAsync()).FirstSequence);
    }

    [Fact]
    public async Task Slow_receiver_holds_up_no_other()
    {
        await using WebhookReceiver slow = await WebhookReceiver.StartAsync();
        TaskCompletionSource hold = new(TaskCreationOptions.RunContinuationsAsynchronously);
        slow.Answer = _ => hold.Task;
        WebhookOptions slowly = OutboxRig.Options(slow);
        slowly.Name = "slow";
        WebhookDispatcher first = _rig.Run(slowly);
        WebhookDispatcher second = _rig.Run(OutboxRig.Options(_receiver));
        for (int i = 1; i <= 20; i++)
        {
            _rig.Collect(1);
            await OutboxRig.IdleAsync(second, i);
        }

        Assert.Equal(0, first.Status.Cursor);
        hold.SetResult();
        await OutboxRig.IdleAsync(first, 20);
        Assert.Equal((2, 1), (slow.Rest().Count, slow.MostAtOnce));
    }

    [Fact]
    public async Task Cursor_beyond_the_end_of_the_case_store_is_taken_back_and_said()
    {
        _rig.Store.Place("duty", 900);
        WebhookDispatcher dispatcher = _rig.Run(OutboxRig.Options(_receiver));
        Assert.Contains(_rig.Log.Lines, l => l.StartsWith("Warning 1604", StringComparison.Ordinal));
        _rig.Collect(1);
        Assert.Equal(1, (await _receiver.NextAsync()).Sequence);
        await OutboxRig.IdleAsync(dispatcher, 1);
    }

    public async Task InitializeAsync() => _receiver = await WebhookReceiver.StartAsync();

    public async Task DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _receiver.DisposeAsync();
    }
}
