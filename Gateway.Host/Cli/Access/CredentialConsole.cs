using System.CommandLine;
using System.Globalization;
using Gateway.Host.Access.Credentials;

namespace Gateway.Host.Cli.Access;

/// <summary>What the commands on credentials have in common: passwords go to standard output, once, and everything else to standard error.</summary>
internal sealed class CredentialConsole(TextReader input, TextWriter output, TextWriter error)
{
    /// <summary>Exit code of a command that could not do what it was asked.</summary>
    public const int Refused = 1;

    /// <summary>The console of a command.</summary>
    public static CredentialConsole Of(ParseResult parsed) => new(Console.In, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);

    /// <summary>Says why not.</summary>
    public int Refuse(string message)
    {
        error.WriteLine("error: " + message);
        return Refused;
    }

    /// <summary>Gives a name a new password, and shows it if the gateway made it.</summary>
    /// <param name="path">The credential file.</param>
    /// <param name="fromInput">Whether the password comes from standard input.</param>
    /// <param name="make">Makes the credential with its password hash and time.</param>
    public int SetPassword(string path, bool fromInput, Func<PasswordHash, DateTimeOffset, Credential> make)
    {
        string problem = "";
        if ((fromInput ? NewPassword.Chosen(input, out problem) : NewPassword.Random()) is not { } password)
        {
            return Refuse(problem);
        }

        Credential credential = make(password.Hash, DateTimeOffset.UtcNow);
        return Edit(path, editor =>
        {
            if (editor.Credentials.TryGetValue(credential.Name, out Credential? before) && before.Kind != credential.Kind)
            {
                return Refuse($"{credential.Name} is a {CredentialFile.KindName(before.Kind)} already; take that credential back first");
            }

            editor.Credentials[credential.Name] = credential;
            editor.Save();
            if (password.ToShow is { } text)
            {
                output.WriteLine(text);
            }

            string what = before is null ? "has a password now" : "has a new password; whoever is connected with the old one is disconnected";
            error.WriteLine($"{CredentialFile.KindName(credential.Kind)} {credential.Name} {what}; a running gateway knows within seconds");
            return 0;
        });
    }

    /// <summary>Takes a credential back.</summary>
    public int Revoke(string path, CredentialKind kind, string name) => Edit(path, editor =>
    {
        if (!editor.Credentials.TryGetValue(name, out Credential? found) || found.Kind != kind)
        {
            return Refuse($"no {CredentialFile.KindName(kind)} {name} has a password");
        }

        editor.Credentials.Remove(name);
        editor.Save();
        error.WriteLine($"{CredentialFile.KindName(kind)} {name} has no password any more; a running gateway disconnects it within seconds");
        return 0;
    });

    /// <summary>Lists the credentials of a kind: name, since when, and what a tool may do.</summary>
    public int List(string path, CredentialKind kind) => Try(() =>
    {
        foreach (Credential credential in CredentialEditor.Read(path).Where(c => c.Kind == kind).OrderBy(c => c.Name, StringComparer.Ordinal))
        {
            string[] rights = [.. credential.Publish.Select(f => "publish " + f.Text), .. credential.Subscribe.Select(f => "subscribe " + f.Text)];
            string since = credential.Since.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            output.WriteLine(string.Join('\t', [credential.Name, since, .. rights]));
        }

        return 0;
    });

    private int Edit(string path, Func<CredentialEditor, int> change) => Try(() =>
    {
        using CredentialEditor editor = CredentialEditor.Open(path);
        return change(editor);
    });

    private int Try(Func<int> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return Refuse(e.Message);
        }
    }
}
