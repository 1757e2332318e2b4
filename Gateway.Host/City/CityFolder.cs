using System.Text;
using Gateway.Rules.Files;
using Gateway.Rules.Files.Yaml;

namespace Gateway.Host.City;

/// <summary>What came of reading a city folder from disk.</summary>
/// <param name="Files">The files that could be read, in ordinal order of their paths.</param>
/// <param name="Findings">What could not be read, and why.</param>
internal sealed record CityFolderReading(IReadOnlyList<CityFile> Files, IReadOnlyList<Finding> Findings);

/// <summary>
/// Reads a city folder into memory, bounded in depth, count and size. Files and folders whose name begins with a dot are not the city's
/// (editors, version control, mounted secrets).
/// </summary>
internal static class CityFolder
{
    /// <summary>Largest device list: two million rows of some 200 bytes.</summary>
    public const long DeviceListSizeLimitBytes = 512L * 1024 * 1024;

    /// <summary>Most files.</summary>
    public const int FileCountLimit = 10_000;

    private const int DepthLimit = 4;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The sample city beside the program.</summary>
    public static string SamplePath => Path.Combine(AppContext.BaseDirectory, "city");

    /// <summary>Reads all files of <paramref name="folder"/>.</summary>
    public static CityFolderReading Read(string folder)
    {
        List<Finding> findings = [];
        if (!Directory.Exists(folder))
        {
            string what = File.Exists(folder) ? "is a file" : "does not exist";
            findings.Add(Finding(FindingCodes.UnreadableFolder, folder, $"the city folder {folder} {what}"));
            return new CityFolderReading([], findings);
        }

        List<string> paths = [];
        Collect(folder, "", 1, paths, findings);
        paths.Sort(StringComparer.Ordinal);
        if (paths.Count > FileCountLimit)
        {
            findings.Add(Finding(FindingCodes.UnreadableFolder, folder, $"the city folder has {paths.Count} files, at most {FileCountLimit} are read"));
            return new CityFolderReading([], findings);
        }

        List<CityFile> files = [];
        foreach (string path in paths)
        {
            if (ReadFile(folder, path, findings) is { } file)
            {
                files.Add(file);
            }
        }

        return new CityFolderReading(files, findings);
    }

    private static void Collect(string folder, string prefix, int depth, List<string> paths, List<Finding> findings)
    {
        try
        {
            foreach (FileSystemInfo entry in new DirectoryInfo(Path.Combine(folder, prefix)).EnumerateFileSystemInfos())
            {
                if (entry.Name.StartsWith('.'))
                {
                    continue;
                }

                string path = prefix + entry.Name;
                if (entry is not DirectoryInfo)
                {
                    paths.Add(path);
                }
                else if (depth < DepthLimit)
                {
                    Collect(folder, path + "/", depth + 1, paths, findings);
                }
                else
                {
                    findings.Add(Finding(FindingCodes.UnreadableFolder, path, $"folders nested deeper than {DepthLimit}"));
                }
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            findings.Add(Finding(FindingCodes.UnreadableFolder, prefix.Length == 0 ? folder : prefix, fault.Message));
        }
    }

    private static CityFile? ReadFile(string folder, string path, List<Finding> findings)
    {
        try
        {
            using FileStream stream = File.OpenRead(Path.Combine(folder, path));
            bool isDeviceList = path.StartsWith("devices/", StringComparison.Ordinal) && path.EndsWith(".csv", StringComparison.Ordinal);
            long limit = isDeviceList ? DeviceListSizeLimitBytes : YamlLimits.FileSizeBytes;
            if (stream.Length > limit)
            {
                findings.Add(Finding(FindingCodes.FileTooLarge, path, $"the file has {stream.Length} bytes, at most {limit}"));
                return null;
            }

            using StreamReader reader = new(stream, StrictUtf8, detectEncodingFromByteOrderMarks: false, bufferSize: 1 << 16);
            return new CityFile(path, reader.ReadToEnd());
        }
        catch (DecoderFallbackException)
        {
            findings.Add(Finding(FindingCodes.UnreadableFile, path, "the file is not UTF-8"));
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            findings.Add(Finding(FindingCodes.UnreadableFile, path, fault.Message));
            return null;
        }
    }

    private static Finding Finding(FindingCode code, string path, string message) =>
        new(code.Level, code.Code, new SourceLocation(path, 1, 1), message.ReplaceLineEndings(" "), code.Fix);
}
