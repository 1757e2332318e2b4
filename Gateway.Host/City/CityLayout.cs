using Gateway.Rules.Areas;

namespace Gateway.Host.City;

/// <summary>
/// The ground plan of a made-up city: grids are the cells of a lattice whose corners are moved a little, so neighbours share their edges.
/// A community is a row of grids, a street a block of communities, a district a column of streets.
/// </summary>
internal sealed class CityLayout
{
    private const double West = 120.1420;
    private const double South = 30.2310;
    private const double CellDegrees = 0.0080;
    private const double Jitter = 0.14;

    private static readonly string[] DistrictNames = ["江北区", "湖滨区", "云溪区", "东港区", "南屏区", "西岭区", "新城区", "青山区"];
    private static readonly string[] PlaceNames =
        ["听潮", "观澜", "翠屏", "永安", "柳浦", "星桥", "青枫", "白鹭", "金穗", "石渡", "朝晖", "梧桐", "春江", "和平", "桂苑", "海棠", "学府", "康乐", "松涛", "锦绣"];
    private static readonly string[] Sides = ["", "东", "西", "南", "北"];
    private static readonly string[] Numerals = ["一", "二", "三", "四", "五", "六", "七", "八", "九"];

    private readonly ulong _seed;
    private readonly int _districts;
    private readonly int _streets;
    private readonly int _communities;
    private readonly int _grids;

    private CityLayout(ulong seed, int districts, int streets, int communities, int grids)
    {
        (_seed, _districts, _streets, _communities, _grids) = (seed, districts, streets, communities, grids);
        Units = BuildUnits();
        Streets = [.. Units.Where(u => u.Level == AreaLevel.Street)];
        GridCells = BuildGridCells();
    }

    /// <summary>Code of the city itself.</summary>
    public const string CityCode = "330100";

    /// <summary>All units with their outlines, parents before children.</summary>
    public IReadOnlyList<Area> Units { get; }

    /// <summary>The streets.</summary>
    public IReadOnlyList<Area> Streets { get; }

    /// <summary>The grids, with what devices need to know of them.</summary>
    public IReadOnlyList<GridCell> GridCells { get; }

    /// <summary>How many buildings devices hang in, per grid.</summary>
    public int BuildingsPerGrid { get; private init; }

    /// <summary>A city in proportion to its devices: 24 grids, 720 above 20 000 devices, 5 120 above 200 000.</summary>
    public static CityLayout For(int devices, ulong seed) => devices switch
    {
        <= 20_000 => new CityLayout(seed, 2, 2, 2, 3) { BuildingsPerGrid = 8 },
        <= 200_000 => new CityLayout(seed, 4, 6, 5, 6) { BuildingsPerGrid = 20 },
        _ => new CityLayout(seed, 8, 10, 8, 8) { BuildingsPerGrid = 25 },
    };

    /// <summary>A point well inside a grid, from two numbers of 0 to 1.</summary>
    public (double Longitude, double Latitude) PointIn(GridCell grid, double u, double v)
    {
        // Bilinear over the four corners; the margin keeps it off the edges.
        (u, v) = (0.15 + (0.7 * u), 0.15 + (0.7 * v));
        (double x00, double y00) = Corner(grid.X, grid.Y);
        (double x10, double y10) = Corner(grid.X + 1, grid.Y);
        (double x11, double y11) = Corner(grid.X + 1, grid.Y + 1);
        (double x01, double y01) = Corner(grid.X, grid.Y + 1);
        double longitude = ((1 - v) * (((1 - u) * x00) + (u * x10))) + (v * (((1 - u) * x01) + (u * x11)));
        double latitude = ((1 - v) * (((1 - u) * y00) + (u * y10))) + (v * (((1 - u) * y01) + (u * y11)));
        return (Math.Round(longitude, 6), Math.Round(latitude, 6));
    }

    private static string DistrictCode(int district) => $"3301{(district * 3) + 2:00}";

    private static string PlaceName(int index) => PlaceNames[index % PlaceNames.Length] + Sides[index / PlaceNames.Length % Sides.Length];

    private (double Longitude, double Latitude) Corner(int x, int y)
    {
        GeneratorRandom random = new(_seed, 1, ((ulong)x << 32) | (uint)y);
        double longitude = West + ((x + random.Between(-Jitter, Jitter)) * CellDegrees);
        double latitude = South + ((y + random.Between(-Jitter, Jitter)) * CellDegrees);
        return (Math.Round(longitude, 5), Math.Round(latitude, 5));
    }

    /// <summary>The closed outline of a block of cells, anticlockwise along the shared corners.</summary>
    private List<(double Longitude, double Latitude)> Outline(int x, int y, int width, int height)
    {
        List<(double, double)> ring = [];
        for (int i = 0; i < width; i++)
        {
            ring.Add(Corner(x + i, y));
        }

        for (int i = 0; i < height; i++)
        {
            ring.Add(Corner(x + width, y + i));
        }

        for (int i = width; i > 0; i--)
        {
            ring.Add(Corner(x + i, y + height));
        }

        for (int i = height; i > 0; i--)
        {
            ring.Add(Corner(x, y + i));
        }

        ring.Add(ring[0]);
        return ring;
    }

    private List<Area> BuildUnits()
    {
        int streetHeight = _communities;
        int districtHeight = _streets * streetHeight;
        List<Area> units = [Unit(CityCode, "临江市", AreaLevel.City, "", Outline(0, 0, _districts * _grids, districtHeight))];
        for (int d = 0; d < _districts; d++)
        {
            string district = DistrictCode(d);
            units.Add(Unit(district, DistrictNames[d], AreaLevel.District, CityCode, Outline(d * _grids, 0, _grids, districtHeight)));
            for (int s = 0; s < _streets; s++)
            {
                string street = $"{district}{s + 1:000}";
                string streetName = PlaceName((d * _streets) + s) + "街道";
                units.Add(Unit(street, streetName, AreaLevel.Street, district, Outline(d * _grids, s * streetHeight, _grids, streetHeight)));
                for (int c = 0; c < _communities; c++)
                {
                    AddCommunity(units, $"{street}{c + 1:000}", street, d, s, c);
                }
            }
        }

        return units;
    }

    private void AddCommunity(List<Area> units, string code, string street, int d, int s, int c)
    {
        int row = (s * _communities) + c;
        string name = PlaceName(10 + (((d * _streets) + s) * _communities) + c) + "社区";
        units.Add(Unit(code, name, AreaLevel.Community, street, Outline(d * _grids, row, _grids, 1)));
        for (int g = 0; g < _grids; g++)
        {
            units.Add(Unit($"{code}G{g + 1:00}", $"{name}第{Numerals[g]}网格", AreaLevel.Grid, code, Outline((d * _grids) + g, row, 1, 1)));
        }
    }

    private static Area Unit(string code, string name, AreaLevel level, string parent, List<(double, double)> outline) =>
        new() { Code = code, Name = name, Level = level, Parent = parent, Polygon = outline };

    private List<GridCell> BuildGridCells()
    {
        Dictionary<string, Area> byCode = Units.ToDictionary(u => u.Code, StringComparer.Ordinal);
        List<GridCell> cells = [];
        foreach (Area grid in Units.Where(u => u.Level == AreaLevel.Grid))
        {
            Area community = byCode[grid.Parent];
            Area street = byCode[community.Parent];
            int place = cells.Count % _grids;
            int row = cells.Count / _grids;
            int rowsPerDistrict = _streets * _communities;
            cells.Add(new GridCell
            {
                Code = grid.Code,
                Community = community.Code,
                AddressPrefix = $"临江市{byCode[street.Parent].Name}{street.Name}{community.Name}",
                Place = place,
                PlacesInCommunity = _grids,
                X = (row / rowsPerDistrict * _grids) + place,
                Y = row % rowsPerDistrict,
            });
        }

        return cells;
    }
}
