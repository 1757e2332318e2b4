namespace Gateway.Rules.Files.Readers;

/// <summary>Where each column of a device list stands, from its header line.</summary>
internal readonly record struct DeviceColumns(int Id, int Kind, int Area, int Building, int Address, int Latitude, int Longitude, int Tags, int Count)
{
    public const int CountLimit = 8;

    private static readonly string[] Names = ["id", "kind", "area", "building", "address", "lat", "lon", "tags"];

    /// <summary>Reads the header; null with findings when a row could not be understood by it.</summary>
    public static DeviceColumns? Read(string file, scoped in CsvScanner scanner, ReadOnlySpan<CsvCell> cells, int count, FindingSink sink)
    {
        Span<int> places = stackalloc int[CountLimit];
        places.Fill(-1);
        bool usable = count <= CountLimit;
        for (int i = 0; i < Math.Min(count, CountLimit); i++)
        {
            string name = scanner.Text(cells[i]).Trim().ToString();
            SourceLocation location = new(file, cells[i].Line, cells[i].Column);
            int known = Array.IndexOf(Names, name);
            if (known < 0 || places[known] >= 0)
            {
                string what = known < 0 ? "is not known" : "stands twice";
                sink.Add(FindingCodes.DeviceHeader, location, $"column {FindingSink.Quote(name)} {what}", known < 0 ? Suggestion.Fix(name, Names) : null);
                usable = false;
            }
            else
            {
                places[known] = i;
            }
        }

        if (count > CountLimit)
        {
            sink.Add(FindingCodes.DeviceHeader, new SourceLocation(file, cells[0].Line, 1), $"{count} columns, at most {CountLimit}");
        }

        // Building, address and tags may be left out; a device without the others is nowhere or nothing.
        foreach (int required in (ReadOnlySpan<int>)[0, 1, 2, 5, 6])
        {
            if (places[required] < 0)
            {
                sink.Add(FindingCodes.DeviceHeader, new SourceLocation(file, cells[0].Line, 1), $"column {Names[required]} is missing");
                usable = false;
            }
        }

        return usable
            ? new DeviceColumns(places[0], places[1], places[2], places[3], places[4], places[5], places[6], places[7], count)
            : null;
    }
}
