namespace Gateway.Rules.Files.Readers;

/// <summary>The kinds of city files; each has its folder and its reader.</summary>
internal enum CityFileKind
{
    Unknown,
    Ignored,
    City,
    Mode,
    Areas,
    Profiles,
    Devices,
    Rules,
    Overlays,
    Silences,
    Duty,
    Calendars,
}

/// <summary>The files of a city folder sorted into kinds by their paths.</summary>
internal sealed class CityFileSet
{
    private readonly ILookup<CityFileKind, CityFile> _byKind;

    private CityFileSet(ILookup<CityFileKind, CityFile> byKind) => _byKind = byKind;

    /// <summary>Sorts; reports files of no known kind and paths given twice.</summary>
    public static CityFileSet Sort(IReadOnlyList<CityFile> files, FindingSink sink)
    {
        HashSet<string> paths = new(StringComparer.Ordinal);
        List<CityFile> kept = [];
        foreach (CityFile file in files.OrderBy(f => f.Path, StringComparer.Ordinal))
        {
            if (!paths.Add(file.Path))
            {
                sink.Add(FindingCodes.DuplicateFile, new SourceLocation(file.Path, 1, 1), "this path is given twice");
                continue;
            }

            if (KindOf(file.Path) == CityFileKind.Unknown)
            {
                sink.Add(FindingCodes.UnknownFile, new SourceLocation(file.Path, 1, 1), "a file of no known kind; it is not read");
            }

            kept.Add(file);
        }

        return new CityFileSet(kept.ToLookup(f => KindOf(f.Path)));
    }

    /// <summary>The files of one kind, by path.</summary>
    public IReadOnlyList<CityFile> Of(CityFileKind kind) => [.. _byKind[kind]];

    /// <summary>The file's name without folder and extension.</summary>
    public static string Stem(CityFile file)
    {
        string name = file.Path[(file.Path.LastIndexOf('/') + 1)..];
        int dot = name.LastIndexOf('.');
        return dot < 0 ? name : name[..dot];
    }

    private static CityFileKind KindOf(string path)
    {
        int slash = path.IndexOf('/');
        string folder = slash < 0 ? "" : path[..slash];
        bool isYaml = path.EndsWith(".yaml", StringComparison.Ordinal);
        return folder switch
        {
            "" when path == "city.yaml" => CityFileKind.City,
            "" when path == ModeSwitch.FilePath => CityFileKind.Mode,
            "areas" when isYaml => CityFileKind.Areas,
            "profiles" when isYaml => CityFileKind.Profiles,
            "devices" when path.EndsWith(".csv", StringComparison.Ordinal) => CityFileKind.Devices,
            "rules" when isYaml => CityFileKind.Rules,
            "overlays" when isYaml => CityFileKind.Overlays,
            "silences" when isYaml => CityFileKind.Silences,
            "duty" when isYaml => CityFileKind.Duty,
            "calendars" when isYaml => CityFileKind.Calendars,
            "schema" when path.EndsWith(".json", StringComparison.Ordinal) => CityFileKind.Ignored, // for editors, not for the gateway
            _ when path.EndsWith(".md", StringComparison.Ordinal) => CityFileKind.Ignored, // notes for people
            _ => CityFileKind.Unknown,
        };
    }
}
