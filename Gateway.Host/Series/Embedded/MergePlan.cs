namespace Gateway.Host.Series.Embedded;

/// <summary>
/// Chooses what to merge. Only neighbours in flush order are merged, so the order in which writes win stays that of the blocks. With N blocks a
/// merge each sample is rewritten log_N(flushes) times.
/// </summary>
internal static class MergePlan
{
    /// <summary>The blocks to merge next, neighbours in flush order; empty when nothing is worth it. Lower levels come first.</summary>
    /// <param name="blocks">All blocks in flush order.</param>
    /// <param name="mergeCount">How many blocks of one level make a merge.</param>
    /// <param name="lengthLimitBytes">No merge of more bytes than this.</param>
    public static IReadOnlyList<BlockFile> Choose(IReadOnlyList<BlockFile> blocks, int mergeCount, long lengthLimitBytes)
    {
        IReadOnlyList<BlockFile> best = [];
        int first = 0;
        while (first < blocks.Count)
        {
            int end = first;
            while (end < blocks.Count && blocks[end].Level == blocks[first].Level)
            {
                end++;
            }

            if (end - first >= mergeCount && (best.Count == 0 || blocks[first].Level < best[0].Level))
            {
                IReadOnlyList<BlockFile> run = LongestWithin(blocks, first, end, mergeCount, lengthLimitBytes);
                best = run.Count > 0 ? run : best;
            }

            first = end;
        }

        return best;
    }

    // The oldest neighbours that together stay within the limit, at most mergeCount of them; two at least, or it is no merge.
    private static List<BlockFile> LongestWithin(IReadOnlyList<BlockFile> blocks, int first, int end, int mergeCount, long limitBytes)
    {
        for (int start = first; start + 1 < end; start++)
        {
            List<BlockFile> run = [];
            long length = 0;
            for (int i = start; i < end && run.Count < mergeCount && length + blocks[i].LengthBytes <= limitBytes; i++)
            {
                run.Add(blocks[i]);
                length += blocks[i].LengthBytes;
            }

            if (run.Count >= 2)
            {
                return run;
            }
        }

        return [];
    }
}
