using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gateway.Host.Storage;
using Gateway.Rules.Files;

namespace Gateway.Host.City;

/// <summary>
/// The switches of mode 平战转换, in a file of the data directory that is read as one more file of the city: so a switch is a snapshot like any
/// edit, stands in the log, replays, and whoever has the snapshot has who switched, when and why. The operators' own files stay as they are.
/// </summary>
/// <param name="path">The file; absent until somebody switches.</param>
internal sealed class ModeFile(string path)
{
    private static readonly JsonSerializerOptions Quoting = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Where it is.</summary>
    public string Path => path;

    /// <summary>The file as one of the city; null when there is none.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public CityFile? Read() => File.Exists(path) ? new CityFile(ModeSwitch.FilePath, File.ReadAllText(path)) : null;

    /// <summary>Replaces it, durably.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(CityFile file) => DurableFile.Replace(path, Encoding.UTF8.GetBytes(file.Text));

    /// <summary>The file's text with a switch on top of those before it.</summary>
    public static CityFile With(ModeSwitch latest, IReadOnlyList<ModeSwitch> before)
    {
        StringBuilder text = new("# Written by the gateway, newest first. Switch with POST /api/v1/mode.\nswitches:\n");
        foreach (ModeSwitch one in before.Prepend(latest).Take(ModeSwitch.HistoryLimit))
        {
            text.Append("  - {mode: ").Append(one.Mode).Append(", actor: ").Append(Quoted(one.Actor)).Append(", reason: ").Append(Quoted(one.Reason));
            text.Append(", at: ").Append(Quoted(one.At.ToString())).Append("}\n");
        }

        return new CityFile(ModeSwitch.FilePath, text.ToString());
    }

    // A text in JSON is one in YAML.
    private static string Quoted(string text) => JsonSerializer.Serialize(text, Quoting);
}
