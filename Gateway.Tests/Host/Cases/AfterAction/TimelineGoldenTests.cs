using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Gateway.Host.Cases.AfterAction;
using Gateway.Host.Cases.AfterAction.Picture;
using Gateway.Tests.Support;

namespace Gateway.Tests.Host.Cases.AfterAction;

/// <summary>What timelines of five cases look like, to the letter. GATEWAY_WRITE_DOCS=1 writes what they look like now; look at the pictures then.</summary>
public sealed class TimelineGoldenTests
{
    private static readonly string[] WithJson = ["flood", "reported"]; // the others differ in their pictures

    private static readonly Dictionary<string, Func<(TimelineDrill Drill, string CaseNo, double Now)>> Scenes = new()
    {
        ["flood"] = TimelineScenes.Flood,
        ["overdue"] = TimelineScenes.Overdue,
        ["reported"] = TimelineScenes.Reported,
        ["deferred"] = TimelineScenes.Deferred,
        ["storm"] = () => TimelineScenes.Storm(),
    };

    public static TheoryData<string> Names => [.. Scenes.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Timeline_is_the_one_in_the_golden_files(string name)
    {
        (TimelineDrill drill, string caseNo, double now) = Scenes[name]();
        using (drill)
        {
            Timeline timeline = drill.Timeline(caseNo, now);
            if (WithJson.Contains(name))
            {
                Compare($"Gateway.Tests/Fixtures/timelines/{name}.json", Json(timeline));
            }

            Compare(name == "flood" ? "docs/timeline.svg" : $"Gateway.Tests/Fixtures/timelines/{name}.svg", TimelinePicture.Draw(timeline));
        }
    }

    /// <summary>A timeline as indented JSON.</summary>
    internal static string Json(Timeline timeline)
    {
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter json = new(bytes, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) }))
        {
            TimelineJson.Write(json, timeline);
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan) + "\n";
    }

    private static void Compare(string name, string actual)
    {
        string path = RepositoryFolder.PathOf(name);
        if (Environment.GetEnvironmentVariable("GATEWAY_WRITE_DOCS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
        }

        Assert.True(File.ReadAllText(path) == actual, $"{name} is not what the timeline is now; GATEWAY_WRITE_DOCS=1 writes it anew");
    }
}
