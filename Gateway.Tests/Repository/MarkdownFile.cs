using System.Text.RegularExpressions;
using Gateway.Tests.Support;

namespace Gateway.Tests.Repository;

/// <summary>A block of commands in a document that a reader can run: a fence with the info string <c>bash run</c>.</summary>
/// <param name="Line">Line of its first command, from 1.</param>
/// <param name="Text">Its commands.</param>
public sealed record RunnableBlock(int Line, string Text);

/// <summary>A Markdown file of the tree, taken apart as far as its tests need it.</summary>
public sealed partial class MarkdownFile
{
    private const string RunnableFence = "```bash run";
    private static readonly string[] CheckedEndings = [".cs", ".csproj", ".props", ".sln", ".md", ".sh", ".yaml", ".json", ".csv"];

    private readonly string _path;
    private readonly string[] _lines;

    private MarkdownFile(string path)
    {
        _path = path;
        _lines = File.ReadAllLines(path);
    }

    /// <summary>Path below the root.</summary>
    public string Name => RepositoryFolder.Relative(_path);

    /// <summary>Every Markdown file of the tree.</summary>
    public static IEnumerable<MarkdownFile> All() => RepositoryFolder.Files("*.md").Select(p => new MarkdownFile(p));

    /// <summary>One by its path below the root.</summary>
    public static MarkdownFile Read(string name) => new(RepositoryFolder.PathOf(name));

    /// <summary>The blocks a reader can run, in order.</summary>
    public IReadOnlyList<RunnableBlock> RunnableBlocks()
    {
        List<RunnableBlock> blocks = [];
        for (int i = 0; i < _lines.Length; i++)
        {
            if (_lines[i].Trim() == RunnableFence)
            {
                int end = Array.FindIndex(_lines, i + 1, l => l.Trim() == "```");
                blocks.Add(new RunnableBlock(i + 2, string.Join('\n', _lines[(i + 1)..end])));
                i = end;
            }
        }

        return blocks;
    }

    /// <summary>What it names that is not there: paths in backticks and targets of links, with their line.</summary>
    public IEnumerable<string> MissingPaths()
    {
        bool isFenced = false;
        for (int i = 0; i < _lines.Length; i++)
        {
            if (_lines[i].TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                isFenced = !isFenced;
            }

            if (isFenced)
            {
                continue;
            }

            IEnumerable<string> named = Backticked().Matches(_lines[i]).Select(m => m.Groups[1].Value).Where(IsPath);
            IEnumerable<string> linked = Linked().Matches(_lines[i]).Select(m => m.Groups[1].Value);
            foreach (string path in named.Where(p => !Exists(p)).Concat(linked.Where(p => !IsThere(Path.GetDirectoryName(_path)!, p))))
            {
                yield return $"{Name}:{i + 1}: {path}";
            }
        }
    }

    /// <summary>Whether a text in backticks is meant as a path of this tree; topics, HTTP paths, patterns and things at run time are not.</summary>
    internal static bool IsPath(string text)
    {
        if (!PathShape().IsMatch(text))
        {
            return false;
        }

        string first = text.Split('/')[0];
        bool isBelowTop = first is not ("." or "..") && text.Contains('/', StringComparison.Ordinal) && Path.Exists(RepositoryFolder.PathOf(first));
        return isBelowTop || CheckedEndings.Any(e => text.EndsWith(e, StringComparison.Ordinal) && text.Length > e.Length);
    }

    private bool Exists(string path) =>
        IsThere(RepositoryFolder.Root, path)
        || IsThere(Path.GetDirectoryName(_path)!, path)
        || IsThere(RepositoryFolder.PathOf("Gateway.Host/city"), path)
        || (!path.Contains('/', StringComparison.Ordinal) && RepositoryFolder.Files(path).Any());

    private static bool IsThere(string folder, string path) => Path.Exists(Path.Combine(folder, path));

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Backticked();

    [GeneratedRegex(@"\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)")]
    private static partial Regex Linked();

    [GeneratedRegex(@"^[\w.-]+(/[\w.-]+)*/?$")]
    private static partial Regex PathShape();
}
