using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Gateway.Host.Composition;
using Gateway.Host.IngestLog;
using Gateway.Host.IngestLog.Inspection;
using Gateway.Protocols.Mqtt.Topics;

namespace Gateway.Host.Cli.Logs;

/// <summary><c>log verify [DIR]</c> and <c>log inspect [DIR]</c>: the ingest log as it is on disk, also beside a running gateway.</summary>
internal static class LogCommand
{
    private const int FindingsExit = 1;
    private const int UsageExit = 2;
    private const long DefaultLimit = 1_000;
    private const int FlushBytes = 64 * 1024;
    private static readonly TimeSpan ShowInterval = TimeSpan.FromMilliseconds(200L);

    /// <summary>The command with its subcommands.</summary>
    public static Command Create() => new("log", "The ingest log: is it sound, and what is in it") { CreateVerify(), CreateInspect() };

    private static Command CreateVerify()
    {
        Argument<string?> folder = Folder();
        Option<string> format = SharedArguments.Output();
        Command command = new("verify", "Checks every byte of the log; exit 0 sound, 1 findings, 2 usage") { folder, format };
        command.SetAction(parsed => Try(parsed.GetValue(folder), parsed.InvocationConfiguration.Error, log => Verify(log, parsed.GetValue(format)!, parsed.InvocationConfiguration)));
        return command;
    }

    private static Command CreateInspect()
    {
        Argument<string?> folder = Folder();
        Option<string> format = SharedArguments.Output("ndjson");
        Option<long> from = new("--from") { Description = "First offset", HelpName = "OFFSET" };
        Option<long?> to = new("--to") { Description = "Last offset (default: the end of the log)", HelpName = "OFFSET" };
        Option<string?> topic = new("--topic") { Description = "Messages whose topic this filter matches", HelpName = "FILTER" };
        Option<string?> client = new("--client") { Description = "Records of this client", HelpName = "ID" };
        Option<long> limit = new("--limit") { Description = "Records at most; 0 for no limit", HelpName = "N", DefaultValueFactory = _ => DefaultLimit };
        Command command = new("inspect", "Prints records of the log, device text escaped; exit 0, 1 when damage was passed over, 2 usage") { folder, from, to, topic, client, limit, format };
        command.SetAction(parsed =>
        {
            TextWriter error = parsed.InvocationConfiguration.Error;
            TopicFilter filter = default;
            if (parsed.GetValue(topic) is { } text && !TopicFilter.TryParse(text, out filter))
            {
                error.WriteLine($"error: {text} is no topic filter");
                return UsageExit;
            }

            LogExcerpt excerpt = new()
            {
                From = parsed.GetValue(from),
                To = parsed.GetValue(to),
                Topic = parsed.GetValue(topic) is null ? null : filter,
                ClientId = parsed.GetValue(client),
                Limit = parsed.GetValue(limit),
            };
            if (excerpt.From < 0 || excerpt.To < excerpt.From || excerpt.Limit < 0)
            {
                error.WriteLine("error: --from is 0 or more, --to not less, --limit 0 or more");
                return UsageExit;
            }

            return Try(parsed.GetValue(folder), error, log => Inspect(log, excerpt, parsed.GetValue(format)!, parsed.InvocationConfiguration));
        });
        return command;
    }

    private static Argument<string?> Folder() => SharedArguments.OptionalPath("DIR", "Data directory, or the log folder in it (default: as of serve)");

    private static int Try(string? folder, TextWriter error, Func<string, int> run)
    {
        string directory = Path.GetFullPath(folder ?? GatewayOptions.Configured().Data);
        string inside = Path.Combine(directory, "log");
        string log = Directory.Exists(inside) ? inside : directory;
        if (!Directory.Exists(log) || !Directory.EnumerateFiles(log, "*" + LogSegment.Extension).Any())
        {
            error.WriteLine($"error: {log} holds no log; name a data directory");
            return UsageExit;
        }

        try
        {
            return run(log);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"error: {e.Message}");
            return FindingsExit;
        }
    }

    private static int Verify(string log, string format, InvocationConfiguration console)
    {
        bool shows = !Console.IsErrorRedirected;
        long shown = Stopwatch.GetTimestamp();
        LogVerifier verifier = new(log, !shows ? null : (read, all) =>
        {
            if (Stopwatch.GetElapsedTime(shown) > ShowInterval)
            {
                shown = Stopwatch.GetTimestamp();
                console.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\r{100 * read / Math.Max(1, all),3} %  {read >> 20} of {all >> 20} MiB "));
            }
        });
        verifier.Run();
        if (shows)
        {
            console.Error.Write("\r                                        \r");
        }

        if (format == "json")
        {
            using Stream output = Console.OpenStandardOutput();
            LogVerifyOutput.WriteJson(verifier, output);
        }
        else
        {
            foreach (LogFinding finding in verifier.Findings)
            {
                console.Output.WriteLine(finding.ToString());
            }

            console.Output.WriteLine(LogVerifyOutput.Summary(verifier));
        }

        return LogVerifyOutput.ExitCode(verifier);
    }

    private static int Inspect(string log, LogExcerpt excerpt, string format, InvocationConfiguration console)
    {
        if (format == "json")
        {
            using Stream output = Console.OpenStandardOutput();
            using Utf8JsonWriter json = new(output, LogRecordOutput.JsonOptions);
            json.WriteStartObject();
            json.WriteStartArray("records");
            excerpt.Run(log, (long offset, in LogRecord record) =>
            {
                LogRecordOutput.Write(json, offset, record);
                if (json.BytesPending > FlushBytes)
                {
                    json.Flush();
                }
            });
            json.WriteEndArray();
            if (excerpt.Next is { } next)
            {
                json.WriteNumber("next", next);
            }

            json.WriteNumber("damaged", excerpt.Damaged);
            json.WriteEndObject();
        }
        else
        {
            if (format == "ndjson")
            {
                using Stream output = Console.OpenStandardOutput();
                LogRecordOutput.WriteLines(output, show => excerpt.Run(log, show));
            }
            else
            {
                excerpt.Run(log, (long offset, in LogRecord record) => console.Output.WriteLine(LogRecordOutput.Line(offset, record)));
            }

            if (excerpt.Next is { } next)
            {
                console.Error.WriteLine($"more records follow: --from {next}");
            }
        }

        if (excerpt.Damaged > 0)
        {
            console.Error.WriteLine($"damage was passed over in {excerpt.Damaged} places; see log verify");
        }

        return excerpt.Damaged > 0 ? FindingsExit : 0;
    }
}
