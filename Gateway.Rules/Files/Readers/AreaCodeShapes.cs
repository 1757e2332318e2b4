using Gateway.Rules.Areas;

namespace Gateway.Rules.Files.Readers;

/// <summary>
/// What an area code of each level looks like: <c>#</c> a digit, <c>@</c> a capital letter, every other character itself. National
/// texts differ between cities, so the patterns are configuration; these are the defaults of 6+3+3 digits and a grid suffix.
/// </summary>
internal sealed class AreaCodeShapes
{
    public static readonly IReadOnlyDictionary<string, AreaLevel> LevelWords = new Dictionary<string, AreaLevel>
    {
        ["city"] = AreaLevel.City,
        ["district"] = AreaLevel.District,
        ["street"] = AreaLevel.Street,
        ["community"] = AreaLevel.Community,
        ["grid"] = AreaLevel.Grid,
    };

    private readonly Dictionary<AreaLevel, string> _patterns = new()
    {
        [AreaLevel.City] = "######",
        [AreaLevel.District] = "######",
        [AreaLevel.Street] = "#########",
        [AreaLevel.Community] = "############",
        [AreaLevel.Grid] = "############@##",
    };

    public string this[AreaLevel level]
    {
        get => _patterns[level];
        set => _patterns[level] = value;
    }

    public bool Fits(AreaLevel level, string code)
    {
        string pattern = _patterns[level];
        return pattern.Length == code.Length && pattern.Zip(code).All(p => p.First switch
        {
            '#' => char.IsAsciiDigit(p.Second),
            '@' => char.IsAsciiLetterUpper(p.Second),
            _ => p.First == p.Second,
        });
    }
}
