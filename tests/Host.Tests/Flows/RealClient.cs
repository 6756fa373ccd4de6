namespace ImsSipFast.Host.Tests.Flows;

/// <summary>The SIP programs of others that these tests talk to, from Debian's packages.</summary>
internal static class RealClient
{
    /// <summary>Where SIPp is; the test is skipped where it is not installed.</summary>
    public static string Sipp => Find("sipp", "sip-tester");

    /// <summary>Where baresip is; the test is skipped where it is not installed.</summary>
    public static string Baresip => Find("baresip", "baresip-core");

    private static string Find(string name, string package)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        if (folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists) is { } path)
        {
            return path;
        }

        var reason = $"{name} is not installed: scripts/install-test-tools.sh installs it (Debian's {package})";
        if (Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.Fail($"{reason}; in CI it must be there");
        }

        Assert.Skip(reason);
        return "";
    }
}
