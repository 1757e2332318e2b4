using Gateway.Rules.Cases;
using Gateway.Rules.Files.Yaml;

namespace Gateway.Rules.Files.Readers;

/// <summary>A unit as written; what it refers to is checked across files.</summary>
internal sealed record UnitSource(SourceText Id, ResponsibleUnit Unit, SourceText? Calendar);

/// <summary>A row as written.</summary>
internal sealed record RowSource(ResponsibilityRow Row, SourceText Lead, IReadOnlyList<SourceText> CoHandlers);

/// <summary>A forbidden pair as written.</summary>
internal sealed record ForbiddenSource(ForbiddenPair Pair, SourceText Unit);

/// <summary>What one duty file holds.</summary>
internal sealed record DutyFile(IReadOnlyList<UnitSource> Units, IReadOnlyList<RowSource> Rows, IReadOnlyList<ForbiddenSource> Forbidden);

/// <summary>Reads one <c>duty/*.yaml</c>: units, responsibility list 权力清单, negative list 负面清单.</summary>
/// <param name="sink">Hears what is wrong.</param>
/// <param name="modes">The modes the city has.</param>
internal sealed class DutyFileReader(FindingSink sink, IReadOnlyList<string> modes)
{
    private const int UnitCountLimit = 10_000;
    private const int RowCountLimit = 50_000;
    private const int CoHandlerCountLimit = 16;

    private static readonly TimeLimits NoLimits = new(TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);

    private readonly LimitsReader _limits = new(sink, modes);

    public DutyFile Read(YamlNode node)
    {
        if (MapReader.Over(node, sink, "duty file") is not { } map)
        {
            return new DutyFile([], [], []);
        }

        DutyFile file = new(
            [.. map.List("units", UnitCountLimit).Select(ReadUnit).OfType<UnitSource>()],
            [.. map.List("responsibilities", RowCountLimit).Select(ReadRow).OfType<RowSource>()],
            [.. map.List("forbidden", RowCountLimit).Select(ReadForbidden).OfType<ForbiddenSource>()]);
        map.RejectUnknownKeys();
        return file;
    }

    private UnitSource? ReadUnit(YamlNode node)
    {
        if (MapReader.Over(node, sink, "unit") is not { } map)
        {
            return null;
        }

        SourceText? id = map.Text("id", required: true);
        string name = map.Text("name", required: true)?.Text ?? "";
        SourceText? contact = map.Text("contact");
        SourceText? calendar = map.Text("calendar");
        map.RejectUnknownKeys();
        if (id is not { } known)
        {
            return null;
        }

        if (!NameShape.IsKebab(known.Text))
        {
            sink.Add(FindingCodes.BadCalendarId, known.Location, $"unit id {FindingSink.Quote(known.Text)} is not well formed");
        }

        if (contact is null)
        {
            sink.Add(FindingCodes.NoContact, known.Location, $"unit {FindingSink.Quote(known.Text)} has no contact");
        }

        if (calendar is null)
        {
            sink.Add(FindingCodes.NoCalendar, known.Location, $"unit {FindingSink.Quote(known.Text)} has no calendar");
        }

        return new UnitSource(known, new ResponsibleUnit(known.Text, name, contact?.Text ?? "", calendar?.Text ?? "", known.Location), calendar);
    }

    private RowSource? ReadRow(YamlNode node)
    {
        if (MapReader.Over(node, sink, "responsibility") is not { } map)
        {
            return null;
        }

        SourceText? kind = ReadEvent(map);
        SourceText? area = map.Text("area", required: true);
        SourceText? lead = ReadLead(map);
        IReadOnlyList<SourceText> coHandlers = map.Texts("co_handlers", CoHandlerCountLimit);
        TimeLimits limits = map.Map("limits", required: true) is { } written ? _limits.Read(written, NoLimits) : NoLimits;
        IReadOnlyDictionary<string, TimeLimits> modeLimits = _limits.ReadModes(map.Map("mode_limits"), m => _limits.Read(m, limits));
        string filing = map.PlainText("filing_condition");
        string closing = map.PlainText("closing_condition");
        map.RejectUnknownKeys();
        CheckParties(lead, coHandlers);
        if (kind is not { } what || area is not { } where || lead is not { } who)
        {
            return null;
        }

        ResponsibilityRow row = new()
        {
            Event = what,
            Area = where,
            Lead = who.Text,
            CoHandlers = [.. coHandlers.Select(c => c.Text)],
            Limits = limits,
            ModeLimits = modeLimits,
            FilingCondition = filing,
            ClosingCondition = closing,
        };
        return new RowSource(row, who, coHandlers);
    }

    private SourceText? ReadLead(MapReader map)
    {
        if (map.Node("lead", required: true) is YamlList list)
        {
            string message = list.Items.Count == 1 ? "a lead is one unit, not a list" : $"{list.Items.Count} leads in one row";
            sink.Add(FindingCodes.TwoLeads, list.Location, message, "name one lead; the others are co_handlers");
            return null;
        }

        return map.Text("lead");
    }

    private void CheckParties(SourceText? lead, IReadOnlyList<SourceText> coHandlers)
    {
        HashSet<string> seen = lead is { } first ? [first.Text] : [];
        foreach (SourceText twice in coHandlers.Where(c => !seen.Add(c.Text)))
        {
            sink.Add(FindingCodes.LeadHelpsItself, twice.Location, $"unit {FindingSink.Quote(twice.Text)} stands twice in this row");
        }
    }

    private ForbiddenSource? ReadForbidden(YamlNode node)
    {
        if (MapReader.Over(node, sink, "forbidden pair") is not { } map)
        {
            return null;
        }

        SourceText? kind = ReadEvent(map);
        SourceText? unit = map.Text("unit", required: true);
        string reason = map.Text("reason", required: true, lengthLimit: MapReader.TextLengthLimit)?.Text ?? "";
        map.RejectUnknownKeys();
        return kind is { } what && unit is { } who
            ? new ForbiddenSource(new ForbiddenPair(what.Text, who.Text, reason, map.Location), who)
            : null;
    }

    private SourceText? ReadEvent(MapReader map)
    {
        SourceText? kind = map.Text("event", required: true);
        if (kind is { } given && !NameShape.IsEventPattern(given.Text))
        {
            sink.Add(FindingCodes.BadEventPattern, given.Location, $"event {FindingSink.Quote(given.Text)} is not well formed");
            return null;
        }

        return kind;
    }
}
