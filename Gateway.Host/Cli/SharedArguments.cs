using System.CommandLine;

namespace Gateway.Host.Cli;

/// <summary>Arguments that several commands take.</summary>
internal static class SharedArguments
{
    /// <summary>A path that may be left out.</summary>
    public static Argument<string?> OptionalPath(string name, string description)
    {
        Argument<string?> path = new(name) { Description = description, Arity = ArgumentArity.ZeroOrOne };
        path.Validators.Add(result =>
        {
            // An option that is misspelt would otherwise be taken for the path.
            if (result.Tokens is [{ Value: ['-', ..] } token])
            {
                result.AddError($"Unrecognized option '{token.Value}'.");
            }
        });
        return path;
    }

    /// <summary><c>--output</c>: for people or for programs.</summary>
    /// <param name="more">Forms beside text and json.</param>
    public static Option<string> Output(params string[] more)
    {
        string[] forms = ["text", "json", .. more];
        Option<string> format = new("--output") { Description = string.Join(" or ", forms), DefaultValueFactory = _ => "text" };
        format.AcceptOnlyFromAmong(forms);
        return format;
    }
}
