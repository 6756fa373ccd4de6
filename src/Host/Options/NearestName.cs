namespace ImsSipFast.Host.Options;

/// <summary>What a mistyped name was probably meant to be.</summary>
internal static class NearestName
{
    /// <summary>The candidate with the fewest edits between; letter case is no edit.</summary>
    public static string Of(string name, IEnumerable<string> candidates) => candidates.MinBy(candidate => Edits(name, candidate))!;

    /// <summary>Insertions, deletions, replacements and swaps of neighbours that turn one text into the other.</summary>
    public static int Edits(string from, string to)
    {
        var (a, b) = (from.ToLowerInvariant(), to.ToLowerInvariant());
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                rows[i, j] = i == 0 ? j : j == 0 ? i : Math.Min(
                    Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1,
                    rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }

        return rows[a.Length, b.Length];
    }
}
