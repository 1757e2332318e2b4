using System.Globalization;
using System.Text;

namespace Gateway.Host.City;

/// <summary>The devices of one kind of a generated city; written row by row, so that a million need no memory.</summary>
internal sealed class GeneratedDeviceList
{
    /// <summary>How many rows are written between two reports of progress.</summary>
    public const int ProgressStep = 10_000;

    private const int PublicBuildingsPerGrid = 2;

    private static readonly string[] Roads = ["解放路", "滨江大道", "文化路", "建设街", "学院路", "人民路", "望湖路", "迎宾大道", "工农街", "春晓路"];

    private readonly CityLayout _layout;
    private readonly ulong _seed;
    private readonly GeneratedKind _kind;

    public GeneratedDeviceList(CityLayout layout, ulong seed, GeneratedKind kind, int count)
    {
        (_layout, _seed, _kind, Count) = (layout, seed, kind, count);
    }

    /// <summary>Path in the city folder.</summary>
    public string Path => $"devices/{_kind.Kind}.csv";

    /// <summary>How many devices.</summary>
    public int Count { get; }

    /// <summary>Writes header and rows.</summary>
    /// <param name="writer">Takes the text.</param>
    /// <param name="rowsWritten">Called with how many rows were written since the last call; null for no reports.</param>
    public void WriteTo(TextWriter writer, Action<int>? rowsWritten = null)
    {
        writer.Write("id,kind,area,building,address,lat,lon,tags\n");
        StringBuilder row = new();
        for (int i = 0; i < Count; i++)
        {
            row.Clear();
            AppendRow(row, i);
            writer.Write(row);
            if ((i + 1) % ProgressStep == 0)
            {
                rowsWritten?.Invoke(ProgressStep);
            }
        }

        rowsWritten?.Invoke(Count % ProgressStep);
    }

    private void AppendRow(StringBuilder row, int index)
    {
        GeneratedSite site = _kind.Sites[index % _kind.Sites.Count];
        GeneratorRandom random = new(_seed, _kind.Stream, (ulong)index);
        GridCell grid = _layout.GridCells[random.Next(_layout.GridCells.Count)];

        // The buildings of a community are numbered through its grids in turn, and each has one place for all its devices.
        int buildings = site.HasRooms ? _layout.BuildingsPerGrid : PublicBuildingsPerGrid;
        int building = 1 + (site.BuildingBase ?? 0) + grid.Place + (grid.PlacesInCommunity * random.Next(buildings));
        GeneratorRandom place = site.BuildingBase is not null
            ? new GeneratorRandom(_seed, 2, ((ulong)(uint)(grid.X << 12 | grid.Y) << 32) | (uint)building)
            : random;
        string road = Roads[place.Next(Roads.Length)];
        int houseNumber = 1 + place.Next(180);
        (double longitude, double latitude) = _layout.PointIn(grid, place.Between(0, 1), place.Between(0, 1));

        CultureInfo invariant = CultureInfo.InvariantCulture;
        row.Append(invariant, $"{_kind.IdPrefix}-{index:D6},{_kind.Kind},{grid.Code},");
        if (site.BuildingBase is not null)
        {
            row.Append(invariant, $"{grid.Community}B{building:D3}");
        }

        row.Append(invariant, $",{grid.AddressPrefix}{road}{houseNumber}号");
        if (site.HasRooms)
        {
            row.Append(invariant, $"{building}幢{1 + random.Next(3)}单元{(100 * (1 + random.Next(17))) + 1 + random.Next(4)}室");
        }

        row.Append(invariant, $"{site.Place},{latitude:F6},{longitude:F6},{site.Tag}");
        row.Append('\n');
    }
}
