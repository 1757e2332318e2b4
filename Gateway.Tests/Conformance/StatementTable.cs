using Gateway.Tests.Support;

namespace Gateway.Tests.Conformance;

/// <summary>All normative statements of both versions, in the order of the specifications: the text files beside this one.</summary>
public static class StatementTable
{
    /// <summary>The versions, as <see cref="StatementAttribute"/> names them.</summary>
    public static IReadOnlyList<string> Versions { get; } = ["3.1.1", "5.0"];

    /// <summary>The statements.</summary>
    public static IReadOnlyList<NormativeStatement> All { get; } = [.. Versions.SelectMany(Read)];

    private static IEnumerable<NormativeStatement> Read(string version) =>
        from line in File.ReadLines(RepositoryFolder.PathOf($"Gateway.Tests/Conformance/statements-{version}.txt"))
        where !line.StartsWith('#')
        let fields = line.Split(" | ")
        select new NormativeStatement(version, $"MQTT-{fields[0]}", fields[1], fields[2], fields.Length > 3 ? fields[3] : null);
}
