namespace Gateway.Tests.Support;

/// <summary>
/// Programs of other people that some tests need: by the name they have on PATH, or <c>python3-paho-mqtt</c> for that Debian package
/// (its tests call <c>/usr/bin/python3</c>: another python on PATH does not see Debian's modules).
/// </summary>
public static class Components
{
    /// <summary>mqtt.js with the node that runs it; <c>./test.sh</c> puts it beside its scenarios.</summary>
    public const string MqttJs = "mqtt.js";

    /// <summary>ajv, which judges JSON by a JSON Schema, with the node that runs it; <c>./test.sh</c> puts it beside its script.</summary>
    public const string Ajv = "ajv";

    private const string Paho = "python3-paho-mqtt";

    /// <summary>Whether this is a run where nothing may be left out.</summary>
    public static bool IsContinuousIntegration => Environment.GetEnvironmentVariable("CI") == "true";

    /// <summary>
    /// Why a test that needs these is left out; null when it runs. In CI it always runs, and fails where a component is missing.
    /// </summary>
    public static string? SkipReason(params string[] names)
    {
        string[] missing = [.. names.Where(n => !IsPresent(n))];
        return missing.Length == 0 || IsContinuousIntegration ? null : $"not installed here: {string.Join(", ", missing)} (./test.sh installs it when it may)";
    }

    private static bool IsPresent(string name)
    {
        if (name == Paho)
        {
            return File.Exists("/usr/bin/python3") && Directory.Exists("/usr/lib/python3/dist-packages/paho");
        }

        if (name == MqttJs)
        {
            return IsPresent("node") && Directory.Exists(RepositoryFolder.PathOf("Gateway.Tests/Fixtures/mqttjs/node_modules/mqtt"));
        }

        if (name == Ajv)
        {
            return IsPresent("node") && Directory.Exists(RepositoryFolder.PathOf("Gateway.Tests/Fixtures/ajv/node_modules/ajv"));
        }

        // A service's program may lie where only root looks.
        string paths = (Environment.GetEnvironmentVariable("PATH") ?? "") + Path.PathSeparator + "/usr/sbin";
        return paths.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Any(p => File.Exists(Path.Combine(p, name)));
    }
}
