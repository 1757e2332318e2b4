using Gateway.Protocols.Devices;
using Gateway.Rules.Areas;
using Gateway.Rules.Files;

namespace Gateway.Rules.Testing;

/// <summary>
/// The devices of one test: registered ones as they are, others made up so that the rules of the file match them. Only these are in the
/// test's register, so a test costs what it uses and not what the city has.
/// </summary>
internal static class TestDevices
{
    /// <summary>The register of a test.</summary>
    /// <param name="test">The test.</param>
    /// <param name="rules">The rules of its file.</param>
    /// <param name="city">The city's register.</param>
    /// <param name="areas">The area tree.</param>
    /// <param name="failures">Takes a failure for each series no kind can be found for.</param>
    public static DeviceRegister Create(RuleTestDefinition test, IReadOnlyList<RuleDefinition> rules, DeviceRegister city, AreaTree areas, ICollection<RuleTestFailure> failures)
    {
        List<Device> devices = [];
        foreach ((SourceText id, SourceText series) in test.Series)
        {
            if (devices.Any(d => d.Id == id.Text))
            {
                failures.Add(new RuleTestFailure(id.Location, $"the device '{id}' has two series; join them with ';'"));
            }
            else if (city.Find(id.Text) is { } registered)
            {
                devices.Add(registered with { Index = devices.Count });
            }
            else if (MakeUp(id.Text, series.Text, devices.Count, rules, city, areas) is { } madeUp)
            {
                devices.Add(madeUp);
            }
            else
            {
                failures.Add(new RuleTestFailure(series.Location, $"no rule of this file watches a kind with all of the fields {string.Join(", ", SeriesText.FieldNames(series.Text))}"));
            }
        }

        return new DeviceRegister(city.Profiles, devices);
    }

    private static Device? MakeUp(string id, string series, int index, IReadOnlyList<RuleDefinition> rules, DeviceRegister city, AreaTree areas)
    {
        IReadOnlyList<string> fields = SeriesText.FieldNames(series);
        string? kind = rules
            .Select(r => r.Match.Kind.Text)
            .FirstOrDefault(k => ProfileOf(city, k) is { } profile && fields.All(profile.ColumnByName.ContainsKey));
        if (kind is null)
        {
            return null;
        }

        // Where rules of the kind ask for different values of one tag, the first rule wins; the others need a registered device.
        RuleDefinition[] ofKind = rules.Where(r => r.Match.Kind.Text == kind).ToArray();
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string tag, SourceText value) in ofKind.SelectMany(r => r.Match.Tags))
        {
            tags.TryAdd(tag, value.Text);
        }

        string? asked = ofKind.SelectMany(r => r.Match.Areas).Select(a => a.Text).FirstOrDefault();
        string area = asked ?? areas.Areas.LastOrDefault(a => a.Level == AreaLevel.Grid)?.Code ?? "";
        return new Device { Index = index, Id = id, Profile = ProfileOf(city, kind)!, Area = area, Building = "made-up", Tags = tags };
    }

    private static DeviceProfile? ProfileOf(DeviceRegister city, string kind) => city.Profiles.FirstOrDefault(p => p.Kind == kind);
}
