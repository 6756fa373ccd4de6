using System.Net;

namespace ImsSipFast.Host.Tests.Flows;

/// <summary>
/// One flow between two SIPps through a host of its own: bob is registered, the callee waits, the caller plays, the
/// host is stopped. What both sides saw, what the host logged and what it counted are all there to be judged.
/// </summary>
/// <param name="Registers">REGISTERs that it took.</param>
internal sealed record SippFlow(
    SippTrace Caller, SippTrace Callee, int Registers, string Host, string CalleeAddress, IReadOnlyList<string> Log, HostReport Report)
{
    public const string Domain = "lab.test";

    private int Repeats => Caller.Repeats + Callee.Repeats;

    public static Task<SippFlow> RunAsync(string caller, string callee, IPAddress address, params string[] hostOptions) =>
        RunAsync(caller, callee, address, ["-m", "1"], hostOptions);

    /// <summary>
    /// The first of three runs in which no phone repeated itself, or the third: a machine that stood still for half a second
    /// says nothing about the host.
    /// </summary>
    public static async Task<SippFlow> RunUndisturbedAsync(string caller, string callee, IPAddress address, params string[] hostOptions)
    {
        for (var run = 1; ; run++)
        {
            var flow = await RunAsync(caller, callee, address, hostOptions);
            if (flow.Repeats == 0 || run == 3)
            {
                return flow;
            }
        }
    }

    /// <summary>The same as one run, many times over; <paramref name="load"/> says how many, and how many a second.</summary>
    public static async Task<SippFlow> RunAsync(string caller, string callee, IPAddress address, string[] load, string[] hostOptions)
    {
        _ = RealClient.Sipp;
        using var folder = new TemporaryFolder();
        await using var host = await HostProcess.StartAsync(["--listen", $"udp:{new IPEndPoint(address, 0)}", .. hostOptions]);
        var contact = Ports.Free(address);
        var registers = await Sipp.RegisterAsync(host.EndPoint, "bob", Domain, contact, folder.Path);
        await using var waiting = await Sipp.StartAsync(host.EndPoint, callee, contact, folder.Path, load);
        await using var calling = await Sipp.StartAsync(
            host.EndPoint, caller, Ports.Free(address), folder.Path, ["-s", "bob", "-key", "caller", "alice", "-key", "domain", Domain, .. load]);
        var callerTrace = await calling.TraceAsync();
        var calleeTrace = await waiting.TraceAsync();
        var report = await HostReport.StopAsync(host);
        return new SippFlow(callerTrace, calleeTrace, registers, host.EndPoint.ToString(), contact.ToString(), Lines(host, calling.Address, contact), report);
    }

    /// <summary>Each call as a flow of its own; log and report are those of all.</summary>
    public IEnumerable<SippFlow> EachCall()
    {
        var callee = Callee.ByCall;
        return Caller.ByCall.Select(call => this with { Caller = call.Value, Callee = callee[call.Key] });
    }

    /// <summary>The messages at both sides are these, in this order.</summary>
    public void AssertOutlines(string[] caller, string[] callee)
    {
        // A machine that stood still for half a second makes a user agent repeat itself; everything else counts.
        Assert.Equal(caller, Caller.Repeats == 0 ? Caller.Outline : Caller.Outline.Distinct());
        Assert.Equal(callee, Callee.Repeats == 0 ? Callee.Outline : Callee.Outline.Distinct());
    }

    /// <summary>
    /// Nothing came or went after the ACK, though both sides listened for longer than it takes until a final response that
    /// nobody acknowledged comes again.
    /// </summary>
    public void AssertSilenceAfterAck()
    {
        Assert.Single(Caller.Outline.SkipWhile(static name => name != "> ACK"));
        Assert.Single(Callee.Outline.SkipWhile(static name => name != "< ACK"));
    }

    /// <summary>The lines of the host's log about the flow, after the registration, are these.</summary>
    public void AssertLog(params string[] expected)
    {
        if (Repeats == 0)
        {
            Assert.Equal(expected, Log);
        }
        else
        {
            Assert.Equal(expected.Distinct(), Log.Distinct());
        }
    }

    /// <summary>Every datagram that came in had one outcome, none was dropped, and nothing is left of the flow.</summary>
    public void AssertCounters(int answered, int forwarded, int absorbed, int sent)
    {
        Assert.True(Report.Dropped == 0, Report.DropReasons);
        Assert.True(Report.NothingIsLeft, Report.Ledger);
        if (Repeats == 0)
        {
            // Each REGISTER is answered, also one that comes again.
            var again = Registers - 1;
            Assert.Equal((answered + again, forwarded, absorbed, sent + again), (Report.Answered, Report.Forwarded, Report.Absorbed, Report.Sent));
            Assert.Equal(0, Report.SentAgain);
        }
    }

    private static List<string> Lines(HostProcess host, IPEndPoint caller, IPEndPoint callee) =>
    [
        .. host.Output.Where(static line => line.Contains(" INFO     [RX] ", StringComparison.Ordinal)
                || line.Contains(" INFO     [TX] ", StringComparison.Ordinal)
                || line.Contains(" INFO     [FWD] ", StringComparison.Ordinal)
                || line.Contains("[DROP]", StringComparison.Ordinal)
                || line.Contains("[TIMER-F]", StringComparison.Ordinal)
                || line.Contains("[TIMER-H]", StringComparison.Ordinal))
            .Select(static line => line[line.IndexOf('[', StringComparison.Ordinal)..])
            .SkipWhile(line => !line.Contains($"[RX] {caller}", StringComparison.Ordinal))
            .Select(line => line.Replace($"{caller}", "CALLER", StringComparison.Ordinal).Replace($"{callee}", "CALLEE", StringComparison.Ordinal)),
    ];
}
