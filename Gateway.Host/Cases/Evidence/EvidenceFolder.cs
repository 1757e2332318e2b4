using System.Globalization;
using System.Security.Cryptography;
using Gateway.Host.Storage;

namespace Gateway.Host.Cases.Evidence;

/// <summary>
/// The bundles of a data directory: <c>evidence/CASENO.DECISION.json</c>, a file a decision, and <c>evidence/place.json</c>, where the sealer stands.
/// </summary>
/// <param name="root">The data directory.</param>
internal sealed class EvidenceFolder(string root)
{
    private const string Extension = ".json";

    /// <summary>Where the bundles are.</summary>
    public string Path { get; } = System.IO.Path.Combine(root, "evidence");

    /// <summary>Where the sealer stands.</summary>
    public string Place => System.IO.Path.Combine(Path, "place.json");

    /// <summary>SHA-256 of bytes, lower-case hexadecimal.</summary>
    public static string HashOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>The file of a decision.</summary>
    /// <exception cref="InvalidDataException">The case has a number that would lead elsewhere.</exception>
    public string PathOf(string caseNo, int decision) => !IsName(caseNo) ? throw new InvalidDataException($"a case has a number that is none, and no file: it has {caseNo.Length} characters; see audit verify") : System.IO.Path.Combine(Path, $"{caseNo}.{decision.ToString(CultureInfo.InvariantCulture)}{Extension}");

    /// <summary>The bytes of a decision's file; null when there is none.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public byte[]? Find(string caseNo, int decision) =>
        IsName(caseNo) && PathOf(caseNo, decision) is var path && File.Exists(path) ? File.ReadAllBytes(path) : null;

    /// <summary>Puts a decision's file there, durably.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Put(string caseNo, int decision, ReadOnlySpan<byte> bytes)
    {
        DurableFile.CreateDirectory(Path);
        DurableFile.Replace(PathOf(caseNo, decision), bytes);
    }

    private static bool IsName(string caseNo) => caseNo.Length > 0 && caseNo.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    /// <summary>The decisions that have a file.</summary>
    public IEnumerable<(string CaseNo, int Decision, string File)> All()
    {
        string[] files = Directory.Exists(Path) ? Directory.GetFiles(Path, "*" + Extension) : [];
        foreach (string file in files.Order(StringComparer.Ordinal))
        {
            string[] parts = System.IO.Path.GetFileNameWithoutExtension(file).Split('.');
            if (file != Place)
            {
                yield return parts is [var caseNo, var number] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int decision)
                    ? (caseNo, decision, file)
                    : ("", 0, file);
            }
        }
    }
}
