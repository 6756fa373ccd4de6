using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using ImsSipFast.LoadGen.Net;

namespace ImsSipFast.Perf.Floor;

/// <summary>
/// What the kernel takes for the datagrams of a call, below which no proxy with these system calls can go: the CPU of
/// a relay on one core, whose source on another keeps a number of datagrams in flight.
/// </summary>
internal static unsafe partial class RelayFloor
{
    private const int RelayCore = 0;
    private const int SourceCore = 1;
    private const int MostInFlight = 256; // they fit the receive buffer that every system grants

    // INVITE, 180, 200, ACK, BYE, 200: each received and sent on; and a 100 of the proxy's own.
    private const int ReceivedEachCall = 6;
    private const int SentEachCall = 7;

    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(1);

    /// <summary>Prints the floor.</summary>
    /// <param name="inFlight">Datagrams under way at any time, 1 to 256.</param>
    /// <param name="seconds">How long it is measured, 1 to 3,600 s; one second of warm-up comes before.</param>
    /// <param name="output">The last figure of the last line is that of a call.</param>
    public static int Run(int inFlight, int seconds, TextWriter output)
    {
        if (inFlight is < 1 or > MostInFlight || seconds is < 1 or > 3600 || !OperatingSystem.IsLinux() || Environment.ProcessorCount < 2)
        {
            Console.Error.WriteLine($"--floor IN_FLIGHT SECONDS: 1 to {MostInFlight} datagrams, 1 to 3600 s, on Linux with two cores");
            return 64;
        }

        try
        {
            Measure(inFlight, TimeSpan.FromSeconds(seconds), output);
            return 0;
        }
        catch (SocketException error)
        {
            Console.Error.WriteLine($"not all of {inFlight} datagrams stayed in flight: {error.Message}");
            return 1;
        }
    }

    private static void Measure(int inFlight, TimeSpan time, TextWriter output)
    {
        using var relay = new EchoSocket();
        PinThisThread(RelayCore);
        new Thread(() => KeepInFlight(inFlight, relay.Address)) { IsBackground = true }.Start();
        Relay(relay, s_warmUp);
        var (cpu, allocated, begin) = (ThreadCpu.Now(), GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
        var count = Relay(relay, time);
        cpu = ThreadCpu.Now() - cpu;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        var perSecond = count / Stopwatch.GetElapsedTime(begin).TotalSeconds;
        ExpectAll(relay, inFlight);

        var each = cpu / count;
        var call = each * (ReceivedEachCall + SentEachCall) / 2;
        output.WriteLine($"{"in flight",10} {"datagrams/s",12} {"B each",7} {"CPU µs each, in and out",24} {"13 in or out: a call",21}");
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{inFlight,10} {perSecond,12:n0} {allocated / count,7} {each,24:n2} {call,21:n1}"));
    }

    private static long Relay(EchoSocket relay, TimeSpan time)
    {
        var (count, begin) = (0L, Stopwatch.GetTimestamp());
        while (Stopwatch.GetElapsedTime(begin) < time)
        {
            count += relay.Relay();
        }

        return count;
    }

    /// <summary>The source is the sink too, and sends again what has arrived.</summary>
    private static void KeepInFlight(int inFlight, SocketAddress relay)
    {
        PinThisThread(SourceCore);
        using var source = new EchoSocket();
        source.Begin(inFlight, relay);
        try
        {
            while (true)
            {
                source.Relay();
            }
        }
        catch (SocketException)
        {
            // The relay has ended: it says how.
        }
    }

    /// <summary>What is kept from now on must be all that was in flight: a lost datagram would have made the rest dearer.</summary>
    private static void ExpectAll(EchoSocket relay, int inFlight)
    {
        for (var kept = 0; kept < inFlight; kept += relay.Receive())
        {
        }
    }

    private static void PinThisThread(int core)
    {
        var mask = 1UL << core;
        if (SetAffinity(0, sizeof(ulong), &mask) != 0)
        {
            throw new InvalidOperationException($"no thread of this process may run on core {core}");
        }
    }

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nuint length, ulong* mask);
}
