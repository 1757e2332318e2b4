namespace Gateway.Host.Cases.Audit;

/// <summary>
/// Entries whose hash does not fit what stands there, and what became of them: edited, or put in each other's place. The first
/// <see cref="HeldLimit"/> are held to be compared with each other; of the others each is told as edited.
/// </summary>
internal sealed class AuditSuspects(AuditReport report)
{
    private const int HeldLimit = 64;

    private readonly List<Suspect> _held = [];

    /// <summary>Takes an entry that does not fit.</summary>
    /// <param name="entry">What stands there.</param>
    /// <param name="hash">The stored hash.</param>
    /// <param name="previous">The stored hash before it.</param>
    public void Add(in AuditEntry entry, byte[] hash, byte[] previous)
    {
        Suspect suspect = new(entry, hash, previous);
        if (_held.Count < HeldLimit)
        {
            _held.Add(suspect);
        }
        else
        {
            report.Add(Edited(suspect));
        }
    }

    /// <summary>The last entry taken is as it was; its hash is not, since the next one was made with another.</summary>
    public void LastHasForeignHash()
    {
        if (_held.Count > 0)
        {
            _held[^1] = _held[^1] with { HashEdited = true };
        }
    }

    /// <summary>Tells what became of those held.</summary>
    public void Tell()
    {
        Dictionary<long, long> moved = []; // where it stands, where it was
        foreach (Suspect place in _held)
        {
            foreach (Suspect other in _held.Where(o => o.Entry.Sequence != place.Entry.Sequence))
            {
                if (Belongs(other, place))
                {
                    moved[other.Entry.Sequence] = place.Entry.Sequence;
                }
            }
        }

        foreach (Suspect suspect in _held)
        {
            if (moved.TryGetValue(suspect.Entry.Sequence, out long origin))
            {
                report.Add(AuditFinding.Entry(AuditFault.Reordered, suspect.Entry.Sequence, suspect.Entry.CaseNo, $"what stands here belongs to entry {origin}"));
            }
            else if (!FollowsMoved(suspect, moved))
            {
                report.Add(Edited(suspect));
            }
        }
    }

    /// <summary>Whether what stands in one place was sealed in another: the event alone was moved, or its audit entry with it.</summary>
    private static bool Belongs(Suspect other, Suspect place)
    {
        AuditEntry back = other.Entry with { Sequence = place.Entry.Sequence };
        AuditEntry alone = back with { Before = place.Entry.Before, After = place.Entry.After };
        return alone.Hash(place.Previous).AsSpan().SequenceEqual(place.Hash)
            || back.Hash(place.Previous).AsSpan().SequenceEqual(other.Hash)
            || back.Hash(place.Hash).AsSpan().SequenceEqual(other.Hash); // of two neighbours that changed places, the hash before is the later one's
    }

    /// <summary>Whether an entry only seems wrong because the hash before it was moved away.</summary>
    private bool FollowsMoved(Suspect suspect, Dictionary<long, long> moved) =>
        moved.TryGetValue(suspect.Entry.Sequence - 1, out long origin)
        && _held.Find(s => s.Entry.Sequence == origin) is { } holder
        && suspect.Entry.Hash(holder.Hash).AsSpan().SequenceEqual(suspect.Hash);

    private static AuditFinding Edited(Suspect suspect) => AuditFinding.Entry(
        AuditFault.Edited,
        suspect.Entry.Sequence,
        suspect.Entry.CaseNo,
        suspect.HashEdited
            ? "its hash is not the one the next entry was made with: the hash was edited"
            : $"event {suspect.Entry.CaseSequence} of the case does not make the hash it was sealed with");

    private sealed record Suspect(AuditEntry Entry, byte[] Hash, byte[] Previous, bool HashEdited = false);
}
