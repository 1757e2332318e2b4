using System.Text;
using Gateway.Host.Access.Credentials;
using Gateway.Host.Access.People;

namespace Gateway.Tests.Host.Access.People;

/// <summary>Accounts for tests, in a real file.</summary>
internal static class PeopleSamples
{
    public const string Password = "correct horse battery";

    public static readonly DateTimeOffset Now = new(2026, 1, 27, 9, 0, 0, TimeSpan.Zero);

    /// <summary>One round: what a guess costs is not what is tested.</summary>
    public static readonly PasswordHash Hash = PasswordHash.Of(Encoding.UTF8.GetBytes(Password), 1);

    /// <summary>Changes a file of accounts; fails when the change is refused.</summary>
    public static void Edit(string path, params Func<AccountEditor, string?>[] changes)
    {
        using AccountEditor editor = AccountEditor.Open(path);
        Assert.All(changes, change => Assert.Null(change(editor)));
        editor.Save();
    }

    /// <summary>Adds an account.</summary>
    public static void Add(string path, string name, Roles role, string unit = "") => Edit(path, e => e.Add(name, role, unit, Hash, Now));

    /// <summary>Adds a token to an account; returns its text.</summary>
    public static string AddToken(string path, string name, DateTimeOffset? now = null, TimeSpan? lifetime = null)
    {
        (ApiToken token, string text) = ApiToken.Make("test", now ?? Now, lifetime);
        Edit(path, e => e.AddToken(name, token));
        return text;
    }
}
