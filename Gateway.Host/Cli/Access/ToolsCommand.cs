using System.CommandLine;
using Gateway.Host.Access.Credentials;
using Gateway.Protocols.Mqtt.Topics;

namespace Gateway.Host.Cli.Access;

/// <summary><c>tools add NAME</c>, <c>tools revoke NAME</c>, <c>tools list</c>: MQTT credentials of bridges, dashboards and the like.</summary>
internal static class ToolsCommand
{
    /// <summary>The command with its subcommands.</summary>
    public static Command Create()
    {
        Argument<string> name = new("NAME") { Description = "The tool's user name; no device of the city has it as its id" };
        Option<string?> data = new("--data") { Description = "Data directory (default: as of serve)", HelpName = "DIR" };
        Option<string?> city = new("--city") { Description = "City folder (default: as of serve)", HelpName = "DIR" };
        Option<bool> fromInput = new("--stdin") { Description = "Takes the password from standard input, one line, rather than making one" };
        Option<string[]> publish = new("--publish") { Description = "A topic filter it may publish on; as often as needed", HelpName = "FILTER" };
        Option<string[]> subscribe = new("--subscribe") { Description = "A topic filter it may subscribe to, and any that lies within; as often as needed", HelpName = "FILTER" };
        Command add = new("add", "Lets an operator's tool use some topics; makes a password and prints it once") { name, publish, subscribe, data, city, fromInput };
        add.SetAction(parsed => Add(
            CredentialConsole.Of(parsed),
            new CredentialFolders(parsed.GetValue(data), parsed.GetValue(city)),
            parsed.GetValue(name)!,
            parsed.GetValue(publish) ?? [],
            parsed.GetValue(subscribe) ?? [],
            parsed.GetValue(fromInput)));
        Command revoke = new("revoke", "Takes a tool's password and rights back; a running gateway disconnects it") { name, data };
        revoke.SetAction(parsed => CredentialConsole.Of(parsed).Revoke(new CredentialFolders(parsed.GetValue(data), null).CredentialFile, CredentialKind.Tool, parsed.GetValue(name)!));
        Command list = new("list", "Lists the tools, since when, and what each may do") { data };
        list.SetAction(parsed => CredentialConsole.Of(parsed).List(new CredentialFolders(parsed.GetValue(data), null).CredentialFile, CredentialKind.Tool));
        return new Command("tools", "MQTT credentials of operators' tools: bridges, dashboards") { add, revoke, list };
    }

    private static int Add(CredentialConsole console, CredentialFolders folders, string name, string[] publish, string[] subscribe, bool fromInput)
    {
        if (!Credential.IsName(name))
        {
            return console.Refuse("a tool's name is 1 to 64 letters, digits, - _ . :");
        }

        if (folders.DeviceIds()?.Contains(name, StringComparer.Ordinal) == true)
        {
            return console.Refuse($"{name} is a device of {folders.CityFolder}: see devices password");
        }

        if (publish.Length + subscribe.Length == 0)
        {
            return console.Refuse("a tool without --publish FILTER or --subscribe FILTER could do nothing");
        }

        List<TopicFilter> filters = [];
        foreach (string text in publish.Concat(subscribe))
        {
            if (!CredentialFile.TryReadFilter(text, out TopicFilter filter))
            {
                return console.Refuse($"{text} is no topic filter, or one of a shared subscription: name the filter behind the share");
            }

            filters.Add(filter);
        }

        return console.SetPassword(folders.CredentialFile, fromInput, (hash, since) => new Credential
        {
            Kind = CredentialKind.Tool,
            Name = name,
            Since = since,
            Password = hash,
            Publish = filters[..publish.Length],
            Subscribe = filters[publish.Length..],
        });
    }
}
