using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Support;

/// <summary>A request that came in.</summary>
/// <param name="Path">Path and query.</param>
/// <param name="Headers">Headers by name.</param>
/// <param name="Body">The JSON of it.</param>
public sealed record WebhookRequest(string Path, IReadOnlyDictionary<string, string> Headers, JsonElement Body)
{
    /// <summary>The sequence it says it goes to.</summary>
    public long Sequence => long.Parse(Headers["Gateway-Sequence"]);

    /// <summary>The sequence it says it begins with.</summary>
    public long FirstSequence => long.Parse(Headers["Gateway-First-Sequence"]);

    /// <summary>The alerts of a webhook document.</summary>
    public JsonElement[] Alerts => [.. Body.GetProperty("alerts").EnumerateArray()];
}

/// <summary>A real HTTP server that takes webhooks: keeps what came, answers as it is told, and can be away for a while.</summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Channel<WebhookRequest> _received = Channel.CreateUnbounded<WebhookRequest>();
    private WebApplication? _server;
    private int _atOnce;

    private WebhookReceiver()
    {
    }

    /// <summary>What it answers; 200 unless told otherwise. It is asked after the request has been kept.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = _ => Task.CompletedTask;

    /// <summary>The status it answers by what came; 200 unless told otherwise.</summary>
    public Func<WebhookRequest, int> Judge { get; set; } = _ => 200;

    /// <summary>The port, the same after being away.</summary>
    public int Port { get; private set; }

    /// <summary>The most requests that were there at the same time.</summary>
    public int MostAtOnce { get; private set; }

    /// <summary>Where it takes them.</summary>
    public string Url => $"http://127.0.0.1:{Port}/hook?token=path-secret";

    /// <summary>Starts one on a free port.</summary>
    public static async Task<WebhookReceiver> StartAsync()
    {
        WebhookReceiver receiver = new();
        await receiver.ComeAsync();
        return receiver;
    }

    /// <summary>Answers every request with a status and a text.</summary>
    public void AnswerWith(int status, string text = "", params (string Name, string Value)[] headers) => Answer = context =>
    {
        context.Response.StatusCode = status;
        foreach ((string name, string value) in headers)
        {
            context.Response.Headers[name] = value;
        }

        return context.Response.WriteAsync(text);
    };

    /// <summary>Takes requests again.</summary>
    public async Task ComeAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, Port));
        _server = builder.Build();
        _server.Run(TakeAsync);
        await _server.StartAsync();
        Port = new Uri(_server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
    }

    /// <summary>Is away: connections are refused.</summary>
    public async Task LeaveAsync()
    {
        if (_server is { } server)
        {
            _server = null;
            using CancellationTokenSource now = new(0);
            await server.StopAsync(now.Token);
            await server.DisposeAsync();
        }
    }

    /// <summary>The next request.</summary>
    public async Task<WebhookRequest> NextAsync()
    {
        using CancellationTokenSource deadline = new(Limit);
        return await _received.Reader.ReadAsync(deadline.Token);
    }

    /// <summary>What came and was not taken yet.</summary>
    public IReadOnlyList<WebhookRequest> Rest()
    {
        List<WebhookRequest> rest = [];
        while (_received.Reader.TryRead(out WebhookRequest? one))
        {
            rest.Add(one);
        }

        return rest;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await LeaveAsync();

    private async Task TakeAsync(HttpContext context)
    {
        MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _atOnce));
        try
        {
            using JsonDocument body = await JsonDocument.ParseAsync(context.Request.Body);
            WebhookRequest request = new(
                context.Request.Path + context.Request.QueryString,
                context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
                body.RootElement.Clone());
            _received.Writer.TryWrite(request);
            context.Response.StatusCode = Judge(request);
            await Answer(context);
        }
        finally
        {
            Interlocked.Decrement(ref _atOnce);
        }
    }
}
