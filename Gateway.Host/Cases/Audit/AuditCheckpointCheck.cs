using Microsoft.Data.Sqlite;

namespace Gateway.Host.Cases.Audit;

/// <summary>
/// Holds checkpoints against the history while it is walked: those of the store, those of the file beside it, and those of a second party.
/// Keys of earlier gateways lie in the data directory, where whoever edits the store can put one of his own: what they sign is told apart, and
/// behind the last entry that the gateway's own key signed nothing of theirs is taken. Before it the own signature vouches for it.
/// </summary>
internal sealed class AuditCheckpointCheck(AuditReport report, IReadOnlyList<AuditKey> keys, IReadOnlyList<AuditKey> earlier)
{
    private const string OtherKey = "check with the key that was in force then (--key FILE, more than once for several); if there was no such key, somebody else signed it";
    private const string NotOurs = "ask the second party for the line they keep and hold it against the store with --checkpoint";

    private readonly List<Known> _known = [];
    private readonly Dictionary<long, string> _stored = [];
    private readonly HashSet<string> _contradicted = [];
    private int _next;
    private long _good;
    private long _ownUpTo;

    /// <summary>Takes the checkpoints of the store: numbered without gaps, each as it was signed.</summary>
    public void ReadStore(SqliteConnection connection)
    {
        using SqliteCommand query = connection.CreateCommand();
        query.CommandText = "SELECT number, sequence, line, peaks FROM audit_checkpoints ORDER BY number";
        _ownUpTo = OwnUpTo(query);
        using SqliteDataReader row = query.ExecuteReader();
        long covered = 0;
        for (long expected = 1; row.Read(); expected++)
        {
            long number = row.GetInt64(0);
            string place = $"checkpoint {number}";
            if (number < 1 || row.GetInt64(1) <= covered)
            {
                report.Add(AuditFinding.At(AuditFault.Inserted, place, number < 1 ? "checkpoints are numbered from 1" : "it goes no further than the one before it", NotOurs));
            }

            (covered, expected) = (Math.Max(covered, row.GetInt64(1)), number < 1 ? 0 : expected);
            for (; number > 0 && expected < number; expected++)
            {
                report.Add(AuditFinding.At(AuditFault.Removed, $"checkpoint {expected}", "it is gone", NotOurs));
            }

            report.Checkpoints++;
            string line = row.GetString(2);
            _stored[number] = line;
            if (Take(place, line, row.GetFieldValue<byte[]>(3), "store") is { } checkpoint && (checkpoint.Number != number || checkpoint.Sequence != row.GetInt64(1)))
            {
                report.Add(AuditFinding.At(AuditFault.Edited, place, $"its line is of checkpoint {checkpoint.Number} up to entry {checkpoint.Sequence}", NotOurs));
            }
        }
    }

    /// <summary>Takes lines that were handed out; call it after <see cref="ReadStore"/>.</summary>
    /// <param name="file">Where they are from.</param>
    /// <param name="lines">Blank lines are passed over.</param>
    public void ReadLines(string file, IEnumerable<string> lines)
    {
        int at = 0;
        foreach (string line in lines)
        {
            at++;
            if (line.Length == 0)
            {
                continue;
            }

            string place = $"{file}:{at}";
            report.HandedOut++;
            if (Take(place, line, null, file) is { } checkpoint && _stored.GetValueOrDefault(checkpoint.Number) != line)
            {
                report.Add(_stored.ContainsKey(checkpoint.Number)
                    ? AuditFinding.At(AuditFault.Forged, place, $"the store has another checkpoint {checkpoint.Number}")
                    : AuditFinding.At(AuditFault.Removed, place, $"the store has no checkpoint {checkpoint.Number} any more"));
            }
        }
    }

    /// <summary>Everything is taken; call it before the first <see cref="Reach"/>.</summary>
    public void Begin()
    {
        _known.Sort((a, b) => a.Checkpoint.Sequence.CompareTo(b.Checkpoint.Sequence));
        if (keys.Count + earlier.Count == 0 && _known.Count > 0)
        {
            report.Add(AuditFinding.At(AuditFault.Forged, "key", $"there is no key to check the signatures of {_known.Count} checkpoints with", "restore secrets/audit.key, or name the public key with --key FILE"));
        }
    }

    /// <summary>The walk comes to an entry: what was signed up to an earlier one must be what has been walked.</summary>
    /// <param name="sequence">The entry; <see cref="long.MaxValue"/> at the end.</param>
    /// <param name="last">The entry before it; 0 for none.</param>
    /// <param name="tree">All hashes before it.</param>
    public void Reach(long sequence, long last, MerkleTree tree)
    {
        for (; _next < _known.Count && _known[_next].Checkpoint.Sequence < sequence; _next++)
        {
            Compare(_known[_next], last, tree);
        }
    }

    private void Compare(Known known, long last, MerkleTree tree)
    {
        AuditCheckpoint checkpoint = known.Checkpoint;
        if (checkpoint.Sequence == last && checkpoint.Entries == tree.Count && checkpoint.Root == Convert.ToHexStringLower(tree.Root()))
        {
            _good = checkpoint.Sequence;
            if (known.Signer is { } signer && Own(checkpoint) is null)
            {
                report.EarlierSignedUpTo = checkpoint.Sequence;
                report.EarlierKeys.Add(signer);
            }
            else if (known.Signer is not null)
            {
                report.SignedUpTo = checkpoint.Sequence;
            }

            if (known.Peaks is { } peaks && !peaks.AsSpan().SequenceEqual(tree.Peaks))
            {
                report.Add(AuditFinding.At(AuditFault.Edited, known.Place, "the tops of its tree are not those of the entries", "the next checkpoint is made from the entries themselves; keep a copy as evidence"));
            }
        }
        else if (_contradicted.Add(known.Source))
        {
            // Those that follow cover the same entries: one finding a source is enough.
            report.Add(checkpoint.Sequence > last
                ? AuditFinding.At(AuditFault.Removed, known.Place, FormattableString.Invariant($"it covers entries up to {checkpoint.Sequence}, the history ends with {last}: entries {last + 1} to {checkpoint.Sequence} are gone"))
                : AuditFinding.At(AuditFault.Rewritten, known.Place, FormattableString.Invariant($"entries {_good + 1} to {checkpoint.Sequence} are not those that were signed on {checkpoint.Time}")));
        }
    }

    private AuditCheckpoint? Take(string place, string line, byte[]? peaks, string source)
    {
        if (!AuditCheckpoint.TryParse(line, out AuditCheckpoint? checkpoint))
        {
            report.Add(AuditFinding.At(AuditFault.Forged, place, "it is no checkpoint line, or was edited", NotOurs));
            return null;
        }

        AuditKey? key = Own(checkpoint) ?? earlier.FirstOrDefault(k => k.Fingerprint == checkpoint.Key);
        bool isSigned = key?.Signed(checkpoint) == true;
        if (key is not null && !isSigned)
        {
            report.Add(AuditFinding.At(AuditFault.Forged, place, $"the signature does not fit the line: it was edited or not made by key {key.Fingerprint}", NotOurs));
            return checkpoint;
        }

        if (isSigned && Own(checkpoint) is null && _ownUpTo > 0 && checkpoint.Sequence >= _ownUpTo)
        {
            report.Add(AuditFinding.At(AuditFault.Forged, place, FormattableString.Invariant($"it is signed by key {key!.Fingerprint} of an earlier gateway, behind entry {_ownUpTo}, up to which this one's own key signed"), NotOurs));
        }

        if (key is null && keys.Count + earlier.Count > 0)
        {
            report.Add(AuditFinding.At(AuditFault.Forged, place, $"it is signed by key {checkpoint.Key}, not by {string.Join(" or ", keys.Concat(earlier).Select(k => k.Fingerprint))}", OtherKey));
        }

        _known.Add(new Known(place, checkpoint, peaks, source, isSigned ? checkpoint.Key : null));
        return checkpoint;
    }

    /// <summary>Sequence of the last entry that the own key signed; 0 when it signed none.</summary>
    private long OwnUpTo(SqliteCommand query)
    {
        long last = 0;
        using SqliteDataReader row = query.ExecuteReader();
        while (row.Read())
        {
            if (AuditCheckpoint.TryParse(row.GetString(2), out AuditCheckpoint? checkpoint) && Own(checkpoint)?.Signed(checkpoint) == true)
            {
                last = Math.Max(last, checkpoint.Sequence);
            }
        }

        return last;
    }

    private AuditKey? Own(AuditCheckpoint checkpoint) => keys.FirstOrDefault(k => k.Fingerprint == checkpoint.Key);

    private sealed record Known(string Place, AuditCheckpoint Checkpoint, byte[]? Peaks, string Source, string? Signer);
}
