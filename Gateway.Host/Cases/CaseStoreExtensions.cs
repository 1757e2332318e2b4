using Gateway.Rules.Cases;

namespace Gateway.Host.Cases;

/// <summary>What is asked of any case store over and over.</summary>
internal static class CaseStoreExtensions
{
    private const int PageSize = 1000;

    /// <summary>All cases that fit a filter, newest first, read page by page as they are asked for.</summary>
    /// <exception cref="CaseStoreException">The store cannot be read.</exception>
    public static IEnumerable<Case> Walk(this ICaseStore store, CaseFilter filter)
    {
        CaseCursor? cursor = null;
        do
        {
            CasePage page = store.List(filter, PageSize, cursor);
            foreach (Case one in page.Cases)
            {
                yield return one;
            }

            cursor = page.Next;
        }
        while (cursor is not null);
    }
}
