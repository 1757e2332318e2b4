using System.CommandLine;
using Gateway.Host.Access.Credentials;
using Gateway.Rules.Files;

namespace Gateway.Host.Cli.Access;

/// <summary><c>devices password ID</c>, <c>devices revoke ID</c>, <c>devices list</c>: passwords of devices.</summary>
internal static class DevicesCommand
{
    private const int NearestShown = 3;

    /// <summary>The command with its subcommands.</summary>
    public static Command Create()
    {
        Argument<string> id = new("ID") { Description = "Device id, as in the city folder" };
        Option<string?> data = new("--data") { Description = "Data directory (default: as of serve)", HelpName = "DIR" };
        Option<string?> city = new("--city") { Description = "City folder (default: as of serve)", HelpName = "DIR" };
        Option<bool> fromInput = new("--stdin") { Description = "Takes the password from standard input, one line, rather than making one" };
        Option<bool> force = new("--force") { Description = "Also for an id that is not in the city folder" };
        Command password = new("password", "Makes a password for a device and prints it once; only its hash is kept") { id, data, city, fromInput, force };
        password.SetAction(parsed => SetPassword(
            CredentialConsole.Of(parsed),
            new CredentialFolders(parsed.GetValue(data), parsed.GetValue(city)),
            parsed.GetValue(id)!,
            parsed.GetValue(fromInput),
            parsed.GetValue(force)));
        Command revoke = new("revoke", "Takes a device's password back; a running gateway disconnects it") { id, data };
        revoke.SetAction(parsed => CredentialConsole.Of(parsed).Revoke(new CredentialFolders(parsed.GetValue(data), null).CredentialFile, CredentialKind.Device, parsed.GetValue(id)!));
        Command list = new("list", "Lists the devices that have a password, and since when") { data };
        list.SetAction(parsed => CredentialConsole.Of(parsed).List(new CredentialFolders(parsed.GetValue(data), null).CredentialFile, CredentialKind.Device));
        return new Command("devices", "Passwords of devices") { password, revoke, list };
    }

    private static int SetPassword(CredentialConsole console, CredentialFolders folders, string id, bool fromInput, bool force)
    {
        if (!Credential.IsName(id))
        {
            return console.Refuse("a device id is 1 to 64 letters, digits, - _ . :");
        }

        if (!force && Unknown(folders, id) is { } problem)
        {
            return console.Refuse(problem);
        }

        return console.SetPassword(folders.CredentialFile, fromInput, (hash, since) => new Credential { Kind = CredentialKind.Device, Name = id, Since = since, Password = hash });
    }

    /// <summary>Why an id cannot be taken for a device; null when it is one.</summary>
    private static string? Unknown(CredentialFolders folders, string id)
    {
        if (folders.DeviceIds() is not { } known)
        {
            return $"the city folder {folders.CityFolder} has errors, so its devices are not known; mend them (see check), name another with --city DIR, or give --force";
        }

        if (known.Contains(id, StringComparer.Ordinal))
        {
            return null;
        }

        List<string> nearest = [];
        while (nearest.Count < NearestShown && Suggestion.Nearest(id, known.Where(k => !nearest.Contains(k))) is { } next)
        {
            nearest.Add(next);
        }

        string hint = nearest.Count > 0 ? $"; nearest: {string.Join(", ", nearest)}" : "";
        return $"{id} is no device of {folders.CityFolder}{hint}. Name another city with --city DIR, or give --force to set it anyway";
    }
}
