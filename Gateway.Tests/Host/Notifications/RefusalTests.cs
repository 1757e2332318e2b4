using System.Text.Json;
using Gateway.Host.Notifications;
using Gateway.Protocols.Readings;
using Gateway.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Host.Notifications;

/// <summary>What becomes of requests that a receiver does not take.</summary>
public sealed class RefusalTests : IAsyncLifetime
{
    private readonly OutboxRig _rig = new();
    private WebhookReceiver _receiver = null!;

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(408)]
    [InlineData(429)]
    public async Task Passing_trouble_is_tried_again_until_it_passes(int status)
    {
        _receiver.AnswerWith(status, "not now");
        _rig.Collect(1);
        WebhookDispatcher dispatcher = _rig.Run(OutboxRig.Options(_receiver));
        Assert.Equal(1, (await _rig.PassBackoffAsync(dispatcher)).TotalSeconds);
        Assert.StartsWith($"answered {status} ", (await OutboxRig.StatusAsync(dispatcher, s => s.Attempts == 2 && s.Activity == WebhookActivity.Waiting)).LastError, StringComparison.Ordinal);
        _receiver.AnswerWith(204);
        await _rig.PassBackoffAsync(dispatcher);
        WebhookStatus status1 = await OutboxRig.IdleAsync(dispatcher, 1);
        Assert.Equal((2, 1, 0), (status1.Failures, status1.Requests, status1.DeadLetters));
        Assert.Equal([1, 1, 1], _receiver.Rest().Select(r => r.Sequence));
    }

    [Theory]
    [InlineData("120", 120)]
    [InlineData("86400", 600)]
    [InlineData("Tue, 27 Jan 2026 09:01:30 GMT", 90)]
    [InlineData("0", 1)]
    [InlineData("soon", 1)]
    public async Task Retry_after_is_respected_and_bounded(string header, int seconds)
    {
        _receiver.AnswerWith(429, "", ("Retry-After", header));
        _rig.Collect(1);
        WebhookDispatcher dispatcher = _rig.Run(OutboxRig.Options(_receiver));
        Assert.Equal(seconds, (await _rig.PassBackoffAsync(dispatcher)).TotalSeconds);
    }

    [Fact]
    public async Task Request_without_an_answer_ends_after_its_time()
    {
        TaskCompletionSource hold = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _receiver.Answer = _ => hold.Task;
        _rig.Collect(1);
        WebhookDispatcher dispatcher = _rig.Run(OutboxRig.Options(_receiver));
        await _receiver.NextAsync();
        _rig.Time.Pass(TimeSpan.FromSeconds(10));
        Assert.Equal("no answer within 10 s", (await OutboxRig.StatusAsync(dispatcher, s => s.Activity == WebhookActivity.Waiting)).LastError);
        hold.SetResult();
        await _rig.PassBackoffAsync(dispatcher);
        await OutboxRig.IdleAsync(dispatcher, 1);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    public async Task Request_refused_for_good_is_a_dead_letter_at_once_and_can_be_sent_again(int status)
    {
        _receiver.AnswerWith(status, "no\u0007 such\nthing");
        _rig.Collect(1);
        WebhookDispatcher dispatcher = _rig.Run(OutboxRig.Options(_receiver));
        await OutboxRig.IdleAsync(dispatcher, 1);
        DeadLetter letter = Assert.Single(_rig.Store.Letters("duty", 10));
        Assert.Equal((0, 1, 1, 1), (letter.After, letter.Through, letter.Alerts, letter.Attempts));
        Assert.EndsWith(": no  such thing", letter.Error, StringComparison.Ordinal);
        WebhookRequest first = await _receiver.NextAsync();

        dispatcher.Retry(letter.Id);
        await _receiver.NextAsync();
        await Eventually.BecomesAsync(() => Task.FromResult(_rig.Store.Letter("duty", letter.Id)!.Attempts), a => a == 2, "the second try is counted");

        _receiver.AnswerWith(200);
        dispatcher.Retry(letter.Id);
        WebhookRequest again = await _receiver.NextAsync();
        Assert.Equal(first.Body.GetRawText(), again.Body.GetRawText());
        await Eventually.BecomesAsync(() => Task.FromResult(_rig.Store.CountLetters("duty")), n => n == 0, "the letter is gone");
        Assert.Equal(1, dispatcher.Status.DeadLetters);
    }

    [Fact]
    public async Task One_case_that_is_refused_takes_no_other_with_it()
    {
        _receiver.Judge = request => request.Body.GetRawText().Contains(OutboxRig.CaseNo(13), StringComparison.Ordinal) ? 400 : 200;
        long last = _rig.Collect(64);
        WebhookDispatcher dispatcher = _rig.Run(OutboxRig.Options(_receiver));
        WebhookStatus status = await OutboxRig.IdleAsync(dispatcher, last);
        DeadLetter letter = Assert.Single(_rig.Store.Letters("duty", 10));
        Assert.Equal((12, 13, 1), (letter.After, letter.Through, letter.Alerts));
        Assert.Equal(63, status.Alerts);
        Assert.InRange(_receiver.Rest().Count, 7, 30);
    }

    [Fact]
    public async Task Request_that_fails_too_long_is_given_up_and_the_next_goes_on()
    {
        _receiver.AnswerWith(500, "always");
        WebhookOptions options = OutboxRig.Options(_receiver);
        (options.GiveUpAfter, options.BatchLimit) = (TimeSpan.FromMinutes(5), 1);
        _rig.Collect(2);
        WebhookDispatcher dispatcher = _rig.Run(options);
        while (dispatcher.Status.Cursor == 0)
        {
            await OutboxRig.StatusAsync(dispatcher, s => s.Activity == WebhookActivity.Waiting || s.Cursor > 0);
            if (dispatcher.Status.Cursor == 0)
            {
                await _rig.PassBackoffAsync(dispatcher);
            }
        }

        DeadLetter letter = Assert.Single(_rig.Store.Letters("duty", 10));
        Assert.Equal(1, letter.Through);
        Assert.InRange(_rig.Time.Passed, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(7));
        // The next one has been refused as well before the receiver is well again.
        await OutboxRig.StatusAsync(dispatcher, s => s is { Cursor: 1, Activity: WebhookActivity.Waiting, NextAttemptAt: { } next } && next > EventTime.From(_rig.Time.GetUtcNow()));
        _receiver.AnswerWith(200);
        await _rig.PassBackoffAsync(dispatcher);
        await OutboxRig.IdleAsync(dispatcher, 2);
    }

    [Fact]
    public async Task Dead_letters_are_kept_up_to_a_limit_and_counted_all()
    {
        _receiver.AnswerWith(404);
        WebhookOptions options = OutboxRig.Options(_receiver);
        (options.DeadLetterLimit, options.BatchLimit) = (3, 1);
        _rig.Collect(8);
        WebhookDispatcher dispatcher = _rig.Run(options);
        Assert.Equal(8, (await OutboxRig.IdleAsync(dispatcher, 8)).DeadLetters);
        Assert.Equal([8, 7, 6], _rig.Store.Letters("duty", 10).Select(l => l.Through));
        Assert.Single(_rig.Log.Lines, l => l.StartsWith("Error 1603", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Redirect_is_not_followed()
    {
        await using WebhookReceiver elsewhere = await WebhookReceiver.StartAsync();
        _receiver.AnswerWith(307, "", ("Location", elsewhere.Url));
        _rig.Collect(1);
        WebhookDispatcher dispatcher = _rig.Run(OutboxRig.Options(_receiver));
        await OutboxRig.IdleAsync(dispatcher, 1);
        Assert.StartsWith("redirects are not followed", Assert.Single(_rig.Store.Letters("duty", 10)).Error, StringComparison.Ordinal);
        Assert.Empty(elsewhere.Rest());
    }

    [Theory]
    [InlineData(200)]
    [InlineData(404)]
    public async Task Endless_answer_is_read_to_its_beginning_only(int status)
    {
        TaskCompletionSource hungUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _receiver.Answer = async context =>
        {
            context.Response.StatusCode = status;
            context.RequestAborted.Register(hungUp.SetResult);
            byte[] some = new byte[64 * 1024];
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(some);
            }
        };
        _rig.Collect(1);
        WebhookDispatcher dispatcher = _rig.Run(OutboxRig.Options(_receiver));
        await OutboxRig.IdleAsync(dispatcher, 1);
        await hungUp.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(TimeSpan.Zero, _rig.Time.Passed); // not the timeout ended it
        Assert.All(_rig.Store.Letters("duty", 10), l => Assert.InRange(l.Error.Length, 1, 400));
    }

    [Fact]
    public async Task Secret_goes_to_the_receiver_and_nowhere_else()
    {
        string file = _rig.File("secret", "Bearer s3cr3t-of-the-duty-room\n");
        WebhookOptions options = OutboxRig.Options(_receiver);
        options.HeaderFile = file;
        _receiver.Answer = context => // an answer that sends back what it got
        {
            context.Response.StatusCode = 401;
            return context.Response.WriteAsync($"bad {context.Request.Headers.Authorization} at {context.Request.Path}{context.Request.QueryString}");
        };
        _rig.Collect(1);
        WebhookDispatcher dispatcher = _rig.Run(options);
        await OutboxRig.IdleAsync(dispatcher, 1);
        Assert.Equal("Bearer s3cr3t-of-the-duty-room", (await _receiver.NextAsync()).Headers["Authorization"]);
        string shown = JsonSerializer.Serialize(dispatcher.Status) + JsonSerializer.Serialize(_rig.Store.Letters("duty", 10)) + string.Concat(_rig.Log.Lines) + dispatcher.Target;
        Assert.DoesNotContain("path-secret", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", shown, StringComparison.Ordinal);
        Assert.Contains("***", shown, StringComparison.Ordinal);
        Assert.Equal($"http://127.0.0.1:{_receiver.Port}", dispatcher.Target);

        File.WriteAllText(file, "Bearer another\n"); // the next request has the new one
        _rig.Collect(1);
        Assert.Equal("Bearer another", (await _receiver.NextAsync()).Headers["Authorization"]);
        File.Delete(file);
        _rig.Collect(1);
        Assert.StartsWith("HeaderFile cannot be read", (await OutboxRig.StatusAsync(dispatcher, s => s.Activity == WebhookActivity.Waiting)).LastError, StringComparison.Ordinal);
    }

    public async Task InitializeAsync() => _receiver = await WebhookReceiver.StartAsync();

    public async Task DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _receiver.DisposeAsync();
    }
}
