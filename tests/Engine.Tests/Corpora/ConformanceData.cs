namespace ImsSipFast.Engine.Tests.Corpora;

/// <summary>
/// Test messages that this project did not write and does not carry: a folder <c>shared/conformance</c> beside the
/// checkout or above it. Where it is absent, a test that needs it is skipped.
/// </summary>
internal static class ConformanceData
{
    private static readonly string? s_root = Find();

    /// <summary>The octets of one file; skips the test when the folder is absent.</summary>
    public static byte[] Read(string path) => File.ReadAllBytes(PathOf(path));

    /// <summary>The files of a folder and below, in a fixed order; skips the test when the folder is absent.</summary>
    public static string[] Files(string folder) =>
        [.. Directory.EnumerateFiles(PathOf(folder), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    /// <summary>Where a file or folder is; skips the test when there is none.</summary>
    public static string PathOf(string path)
    {
        Assert.SkipWhen(s_root is null, "no folder shared/conformance beside the checkout or above it");
        return Path.Combine(s_root!, path);
    }

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "conformance");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
