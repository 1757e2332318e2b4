using System.Globalization;
using Gateway.Protocols.Devices;
using Gateway.Protocols.Readings;

namespace Gateway.Tests.Host.Series;

/// <summary>The real recordings beside the repository, as batches; a checkout without them has none.</summary>
internal static class Recordings
{
    /// <summary>The folder <c>shared/data</c> beside the repository or one of the folders above it, or null.</summary>
    public static string? Folder { get; } = Find();

    /// <summary>One register with a device for each recording, and a batch for each device.</summary>
    public static (DeviceRegister Register, List<ReadingBatch> Batches) Load(string folder)
    {
        DeviceProfile level = new("level", [], [SeriesCity.Number("water_level", "m")]);
        DeviceProfile rain = new("rain", [], [SeriesCity.Number("rainfall", "mm")]);
        DeviceProfile smoke = new("smoke", [], [
            SeriesCity.Number("temperature", "C"), SeriesCity.Number("humidity", "%"), SeriesCity.Number("eco2", "ppm"), SeriesCity.Number("alarm", "")]);
        List<Device> devices = [];
        List<ReadingBatch> batches = [];
        foreach (string file in Directory.GetFiles(Path.Combine(folder, "flood"), "*_*.csv").Order(StringComparer.Ordinal))
        {
            DeviceProfile profile = Path.GetFileName(file).StartsWith("level", StringComparison.Ordinal) ? level : rain;
            batches.Add(Read(file, profile, devices.Count, cells => EventTime.TryParse(cells[0], out EventTime time) ? time : default, 1));
            devices.Add(new Device { Index = devices.Count, Id = Path.GetFileNameWithoutExtension(file), Profile = profile, Area = "G1" });
        }

        string smokeFile = Path.Combine(folder, "smoke", "smoke_detection_iot.csv");
        batches.Add(Read(smokeFile, smoke, devices.Count, cells => new EventTime(1_769_504_400_000 + (long.Parse(cells[0], CultureInfo.InvariantCulture) * 1000)), 1));
        devices.Add(new Device { Index = devices.Count, Id = "smoke", Profile = smoke, Area = "G1" });
        return (new DeviceRegister([level, rain, smoke], devices), batches);
    }

    private static ReadingBatch Read(string file, DeviceProfile profile, int device, Func<string[], EventTime> timeOf, int firstColumn)
    {
        ReadingBatch batch = new(profile);
        foreach (string line in File.ReadLines(file).Skip(1))
        {
            string[] cells = line.Split(',');
            EventTime time = timeOf(cells);
            Span<double> values = batch.Add(new ReadingBatch.Row(device, time, time, TimeQuality.Ok, -1));
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = double.TryParse(cells[firstColumn + i], CultureInfo.InvariantCulture, out double value) ? value : double.NaN;
            }
        }

        return batch;
    }

    private static string? Find()
    {
        for (string? at = AppContext.BaseDirectory; at is not null; at = Path.GetDirectoryName(at))
        {
            string candidate = Path.Combine(at, "shared", "data");
            if (Directory.Exists(Path.Combine(candidate, "flood")))
            {
                return candidate;
            }
        }

        return null;
    }
}
