using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace ImsSipFast.Host.Tests.Flows;

/// <summary>One SIPp that plays one scenario. Its exit code is asked for, and what was on the wire is kept.</summary>
internal sealed class Sipp : IAsyncDisposable
{
    private const string LongestRunSeconds = "30";

    // Its own choice of 64 KiB is full after a hundred datagrams, and a scenario that misses an ACK is over.
    private const string SocketBufferOctets = "4194304";

    private readonly string _name;
    private readonly string _folder;

    private Sipp(IPEndPoint proxy, string scenario, IPEndPoint own, string folder, IEnumerable<string> more)
    {
        _name = scenario;
        _folder = folder;
        Address = own;
        Program = new ChildProgram(
            RealClient.Sipp,
            folder,
            [
                proxy.ToString(), "-sf", Path.Combine(AppContext.BaseDirectory, "Flows", "sipp", scenario + ".xml"),
                "-i", own.Address.ToString(), "-p", own.Port.ToString(CultureInfo.InvariantCulture),
                "-nostdin", "-buff_size", SocketBufferOctets,

                // Or it gives a call up when a request comes again while it pauses or has answered with more than one message.
                // What comes is in the trace, and judged there.
                "-default_behaviors", "all,-abortunexp", "-timeout", LongestRunSeconds, "-timeout_error",
                "-trace_msg", "-message_file", TraceFile, "-trace_err", "-error_file", ErrorFile, .. more,
            ]);
    }

    public IPEndPoint Address { get; }

    public ChildProgram Program { get; }

    private string TraceFile => Path.Combine(_folder, $"{_name}-{Address.Port}.messages");

    private string ErrorFile => Path.Combine(_folder, $"{_name}-{Address.Port}.errors");

    /// <summary>Starts a scenario at an address of its own; it listens when this returns.</summary>
    public static async Task<Sipp> StartAsync(IPEndPoint proxy, string scenario, IPEndPoint own, string folder, params string[] more)
    {
        var sipp = new Sipp(proxy, scenario, own, folder, more);
        try
        {
            await Ports.WaitUntilBoundAsync(own.Port, sipp.Program);
            return sipp;
        }
        catch
        {
            await sipp.DisposeAsync();
            throw;
        }
    }

    /// <summary>Registers a user at a contact; the 200 must list it. How many REGISTERs it took: a slow machine makes it repeat itself.</summary>
    public static async Task<int> RegisterAsync(IPEndPoint proxy, string user, string domain, IPEndPoint contact, string folder)
    {
        await using var sipp = new Sipp(
            proxy, "register", Ports.Free(contact.Address), folder, ["-s", user, "-key", "domain", domain, "-key", "contact", contact.ToString(), "-m", "1"]);
        var trace = await sipp.TraceAsync();
        Assert.Equal(["> REGISTER", "< 200 REGISTER"], trace.Outline.Distinct());
        Assert.Matches($"^<sip:{user}@{Regex.Escape(contact.ToString())}>;expires=(600|59[0-9])$", trace.Received("200 REGISTER")["Contact"]);
        return trace.Messages.Count(static m => m.Sent);
    }

    /// <summary>What was on the wire, once the scenario has come to its end as written.</summary>
    public async Task<SippTrace> TraceAsync()
    {
        var code = await Program.ExitCodeAsync(HostProcess.Patience * 2);
        var trace = SippTrace.Read(TraceFile);
        var errors = File.Exists(ErrorFile) ? await File.ReadAllTextAsync(ErrorFile, TestContext.Current.CancellationToken) : "";
        Assert.True(code == 0, $"SIPp {_name} ended with {code}\n{errors}\n{trace}");
        return trace;
    }

    public async ValueTask DisposeAsync()
    {
        await Program.DisposeAsync();
        if (File.Exists(ErrorFile))
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"-- SIPp {_name} --\n{await File.ReadAllTextAsync(ErrorFile, CancellationToken.None)}");
        }
    }
}
