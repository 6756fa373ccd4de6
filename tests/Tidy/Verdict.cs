namespace ImsSipFast.Tidy;

internal static class Verdict
{
    /// <summary>Fails with one finding per line: where, what, and what to do instead.</summary>
    public static void IsClean(IEnumerable<string> findings)
    {
        string[] found = [.. findings];
        Assert.True(found.Length == 0, $"{found.Length} finding(s):\n" + string.Join('\n', found));
    }
}
