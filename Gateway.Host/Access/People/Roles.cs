namespace Gateway.Host.Access.People;

/// <summary>What an account is for; an account has one role, a right names all that have it.</summary>
[Flags]
internal enum Roles : byte
{
    /// <summary>Nobody.</summary>
    None = 0,

    /// <summary>Reads.</summary>
    Viewer = 1,

    /// <summary>值班员: reads, and works on cases.</summary>
    Officer = 2,

    /// <summary>督办: reads, supervises and decides, and does not handle cases itself.</summary>
    Supervisor = 4,

    /// <summary>运维: reads, and looks after devices, quarantine and receivers; works on no case.</summary>
    Operator = 8,

    /// <summary>Manages accounts and tokens, and reads; works on no case.</summary>
    Admin = 16,

    /// <summary>Whoever has an account.</summary>
    Everyone = Viewer | Officer | Supervisor | Operator | Admin,

    /// <summary>Whoever asks, with or without an account.</summary>
    Anonymous = 32,
}

/// <summary>The roles as words.</summary>
internal static class RoleWords
{
    /// <summary>The roles that an account can have.</summary>
    public static IReadOnlyList<Roles> All { get; } = [Roles.Viewer, Roles.Officer, Roles.Supervisor, Roles.Operator, Roles.Admin];

    /// <summary>The word for one role: <c>viewer</c>.</summary>
    public static string Word(Roles role) => role.ToString().ToLowerInvariant();

    /// <summary>The words for those who have a right, as they stand in a sentence: <c>officer or supervisor</c>.</summary>
    public static string List(Roles roles) => string.Join(" or ", All.Where(r => roles.HasFlag(r)).Select(Word));

    /// <summary>The role for a word, exactly as <see cref="Word"/> writes it.</summary>
    public static bool TryParse(string? word, out Roles role)
    {
        role = All.FirstOrDefault(r => Word(r) == word);
        return role != Roles.None;
    }
}
