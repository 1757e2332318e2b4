using Gateway.Protocols.Readings;
using Gateway.Rules.Cases;
using Gateway.Rules.Files.Yaml;

namespace Gateway.Rules.Files.Readers;

/// <summary>Reads <c>mode.yaml</c>: the mode the city was switched to, in place of the one <c>city.yaml</c> says, and the switches before it.</summary>
internal sealed class ModeFileReader(FindingSink sink, IReadOnlyList<string> modes)
{
    /// <summary>The switches, newest first; empty when the file is wrong.</summary>
    public IReadOnlyList<ModeSwitch> Read(YamlNode node)
    {
        if (MapReader.Over(node, sink, "mode file") is not { } map)
        {
            return [];
        }

        List<ModeSwitch> switches = [.. map.List("switches", ModeSwitch.HistoryLimit, required: true).Select((n, i) => ReadSwitch(n, isLatest: i == 0)).OfType<ModeSwitch>()];
        map.RejectUnknownKeys();
        return switches;
    }

    private ModeSwitch? ReadSwitch(YamlNode node, bool isLatest)
    {
        if (MapReader.Over(node, sink, "switch") is not { } map)
        {
            return null;
        }

        // An earlier one may be of a mode that the city has no more.
        SourceText? mode = map.Text("mode", required: true);
        string actor = map.Text("actor", required: true, lengthLimit: CaseCommand.ActorLengthLimit)?.Text ?? "";
        string reason = map.Text("reason", required: true, lengthLimit: CaseCommand.ReasonLengthLimit)?.Text ?? "";
        SourceText? at = map.Text("at", required: true);
        map.RejectUnknownKeys();
        if (isLatest && mode is { } now && !modes.Contains(now.Text))
        {
            sink.Add(FindingCodes.UnknownMode, now.Location, $"the city was switched to mode {FindingSink.Quote(now.Text)}, which it does not have");
        }

        EventTime time = default;
        if (at is { } text && !EventTime.TryParse(text.Text, out time))
        {
            sink.Add(FindingCodes.NotADate, text.Location, $"at {FindingSink.Quote(text.Text)} is not a time", "write 2026-01-31T08:30:00Z");
        }

        return mode is { } known ? new ModeSwitch(known.Text, actor, reason, time) : null;
    }
}
