using Gateway.Host.Access.People;
using Gateway.Host.Api;
using Gateway.Host.Api.Cap;
using Gateway.Host.Api.Open311;
using Gateway.Host.Api.People;
using Gateway.Host.Cases.AfterAction;
using Gateway.Host.Ingest;
using Gateway.Host.Ingest.Transport;
using Gateway.Host.Ingest.WebSockets;
using Gateway.Host.Notifications;
using Gateway.Host.Series;
using Gateway.Host.Series.Http;
using Gateway.Protocols.Readings;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Console;

namespace Gateway.Host.Composition;

/// <summary>The runtime with its listeners: MQTT and HTTP over Kestrel.</summary>
internal static class GatewayApplication
{
    /// <summary>Starts the runtime and builds the web application around it; both are the caller's to dispose, the application first.</summary>
    /// <param name="given">What the command line says, by option.</param>
    /// <param name="time">The system's time; null for the real one.</param>
    /// <exception cref="StartUpException">Something stands in the way.</exception>
    public static (WebApplication App, GatewayRuntime Gateway, Listeners Listeners) Build(IReadOnlyDictionary<string, string?> given, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(given);
        GatewaySettings settings = GatewaySettings.From(builder.Configuration, builder.Environment.IsDevelopment());

        // One factory for the runtime, which starts first, and for the application. Standard output belongs to the ready line.
        ILoggerFactory loggers = LoggerFactory.Create(logging => logging
            .AddConfiguration(builder.Configuration.GetSection("Logging"))
            .AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error) // it warns that keys lie in files: they do, their owner's alone
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical) // a failed start is told in one line by serve
            .AddSimpleConsole(format => (format.SingleLine, format.TimestampFormat) = (true, "yyyy-MM-dd'T'HH:mm:ss.fff "))
            .Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace));
        builder.Services.AddSingleton(loggers);
        GatewayRuntime gateway = GatewayRuntime.Start(settings, time, loggers);
        try
        {
            AddServices(builder.Services, gateway, time);
            Listeners listeners = new(settings, gateway.Certificates);
            builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
            builder.Services.AddSingleton<IConnectionListenerFactory, EpollTransport>(); // asked before Kestrel's sockets
            builder.WebHost.ConfigureKestrel(listeners.Bind);
            WebApplication app = builder.Build();
            app.Use(LeaveSocketThread);
            app.UseStatusCodePages();
            PeopleServices.UseGate(app, settings.IsDevelopment);
            AddEndpoints(app);
            return (app, gateway, listeners);
        }
        catch
        {
            gateway.Dispose();
            throw;
        }
    }

    private static void AddServices(IServiceCollection services, GatewayRuntime gateway, TimeProvider time)
    {
        services.AddSingleton(time);
        PeopleServices.Add(services, gateway);
        services.AddSingleton(gateway);
        services.AddSingleton(gateway.Log);
        services.AddSingleton(gateway.Cases);
        services.AddSingleton(gateway.EvidenceFolder);
        services.AddSingleton(new TimelineReader(gateway.Cases, gateway.Series, gateway.EvidenceFolder, gateway.Archive));
        services.AddSingleton(new TimelineTurns(TimelineTurns.Usual, time));
        services.AddSingleton(gateway.Settings.Cap);
        services.AddSingleton(gateway.Series);
        services.AddSingleton(gateway.Ledger);
        services.AddSingleton(gateway.Quarantine);
        services.AddSingleton(gateway.Devices);
        services.AddSingleton(gateway.Pipeline);
        services.AddSingleton(new TypedText(gateway.Pseudonyms));
        services.AddSingleton<CaseRequests>();
        services.AddSingleton(gateway.CaseEvents);
        services.AddSingleton<CaseEventPages>();
        services.AddSingleton(gateway.Sessions);
        services.AddSingleton(gateway.Mqtt);
        services.AddSingleton(gateway.Commands);
        services.AddSingleton<MqttConnectionHandler>();
        services.AddSingleton(gateway.City);
        services.AddSingleton(gateway.Outbox);
        services.AddSingleton(gateway.Ratings);
        services.AddSingleton<Func<EventTime>>(() => gateway.Clock.Now);
        services.AddSingleton<Func<SeriesCatalog>>(() =>
        {
            City.CitySnapshot snapshot = gateway.Pipeline.Snapshot ?? gateway.City.Latest;
            return new SeriesCatalog(snapshot.Definition.Devices, snapshot.AreasAt(gateway.Clock.Now));
        });
        if (gateway.Settings.Gateway.Rehearsal)
        {
            services.AddHostedService(_ => gateway.Rehearsal); // first: it has time while the listeners open
        }

        services.AddHostedService(_ => gateway.City);
        services.AddHostedService(_ => gateway.Credentials);
        if (gateway.Certificates is { } certificates)
        {
            services.AddHostedService(_ => certificates);
        }

        services.AddHostedService(_ => gateway.Ticker);
        services.AddHostedService(_ => gateway.ClockKeeper);
        services.AddHostedService(_ => gateway.Quota);
        services.AddHostedService<SessionSweeper>();
        services.AddHostedService(_ => gateway.SessionKeeper);
        services.AddHostedService<SeriesKeeper>();
        services.AddHostedService(_ => gateway.Outbox);
        services.AddHostedService(_ => gateway.Evidence);
        services.AddOpenApi("v1", openApi => openApi.AddDocumentTransformer((document, _, _) =>
        {
            (document.Info.Title, document.Info.Version) = ("City Sensing Gateway", "v1");
            return Task.CompletedTask;
        }));
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Encoder = ApiJson.Encoder);
        services.AddProblemDetails(problems => problems.CustomizeProblemDetails = context => context.ProblemDetails.Detail ??= "what this path takes is in /openapi/v1.json");

        // In development too a body that cannot be read is the client's fault: a problem, not an exception with its stack trace.
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = false);
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(10));
    }

    private static void AddEndpoints(WebApplication app)
    {
        MqttWebSocketEndpoint.Map(app);
        HealthEndpoints.Map(app);
        SessionEndpoints.Map(app);
        AccountEndpoints.Map(app);
        CaseEndpoints.Map(app);
        EvidenceEndpoints.Map(app);
        TimelineEndpoints.Map(app);
        RatingEndpoints.Map(app);
        ModeEndpoints.Map(app);
        CapEndpoints.Map(app);
        Open311Endpoints.Map(app);
        StateEndpoints.Map(app);
        DeviceCommandEndpoint.Map(app);
        Api.MapEndpoints.Map(app);
        SeriesEndpoints.Map(app);
        WebhookEndpoints.Map(app);
        app.MapOpenApi("/openapi/{documentName}.json");
    }

    /// <summary>A query must never stall intake: HTTP leaves the socket thread before it does anything.</summary>
    private static async Task LeaveSocketThread(HttpContext context, RequestDelegate next)
    {
        await Task.Yield();
        await next(context).ConfigureAwait(false);
    }
}
