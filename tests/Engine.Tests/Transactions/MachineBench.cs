using System.Text;
using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Tests.Simulation;
using ImsSipFast.Engine.Timing;
using ImsSipFast.Engine.Transactions;

namespace ImsSipFast.Engine.Tests.Transactions;

/// <summary>
/// One transaction machine with a real wheel and a real pool under it and a recorder in place of the network. The
/// bench does for the machine what a shard does: sets the time, and hands it each timer that is due.
/// </summary>
internal sealed class MachineBench
{
    public const int Listener = 3;

    public MachineBench(SipTimers? timers = null, Transport transport = Transport.Udp)
    {
        Flow = new Flow(Peer, transport, Listener);
        Environment = new ShardResources(timers ?? new SipTimers(), new TimingWheel(), Sender, Pool, Metrics) { NowTick = 1000 };
        InviteClient = new InviteClientTransaction(Environment, new SipMessage());
        NonInviteClient = new NonInviteClientTransaction(Environment);
        InviteServer = new InviteServerTransaction(Environment);
        NonInviteServer = new NonInviteServerTransaction(Environment);
    }

    public static PeerAddress Peer { get; } = PeerAddress.FromV4(0xC000_0201, 5070);

    /// <summary>The way to <see cref="Peer"/>.</summary>
    public Flow Flow { get; }

    public RecordingSender Sender { get; } = new();

    public MessagePool Pool { get; } = new(retained: 16, traceLeaks: true);

    public EngineMetrics Metrics { get; } = new();

    public ShardResources Environment { get; }

    public InviteClientTransaction InviteClient { get; }

    public NonInviteClientTransaction NonInviteClient { get; }

    public InviteServerTransaction InviteServer { get; }

    public NonInviteServerTransaction NonInviteServer { get; }

    /// <summary>A request as it leaves a client transaction or comes in to a server transaction.</summary>
    public static string Request(string method, string branch = "z9hG4bK0000000000000007000000000000000b") =>
        $"""
        {method} sip:b@192.0.2.1:5070 SIP/2.0
        Via: SIP/2.0/UDP 192.0.2.9:5060;branch={branch}
        Max-Forwards: 70
        From: <sip:a@home.test>;tag=from
        To: <sip:b@home.test>
        Call-ID: machine@192.0.2.9
        CSeq: 7 {method}
        Content-Length: 0


        """;

    /// <summary>A response to it.</summary>
    public static string Response(int status, string method, string branch = "z9hG4bK0000000000000007000000000000000b") =>
        $"""
        SIP/2.0 {status} Reason
        Via: SIP/2.0/UDP 192.0.2.9:5060;branch={branch}
        From: <sip:a@home.test>;tag=from
        To: <sip:b@home.test>;tag=to
        Call-ID: machine@192.0.2.9
        CSeq: 7 {method}
        Content-Length: 0


        """;

    /// <summary>The octets of a message written with any line ends.</summary>
    public static byte[] Octets(string text) => Encoding.Latin1.GetBytes(text.ReplaceLineEndings("\r\n"));

    /// <summary>A parsed view of a message; it must parse.</summary>
    public static SipMessage Parse(string text)
    {
        var message = new SipMessage();
        var octets = Octets(text);
        Assert.True(SipParser.TryParse(octets, octets.Length, message), $"{message.Error} in:\n{text}");
        return message;
    }

    /// <summary>Starts a client machine with its request.</summary>
    public void Begin(ClientTransaction client, string method)
    {
        client.Begin(new BranchId(7, 11), SipMethods.Recognise(Encoding.ASCII.GetBytes(method)), Octets(Request(method)), Flow);
        client.Send();
    }

    /// <summary>Starts a server machine with its request.</summary>
    public void Begin(ServerTransaction server, string method) =>
        server.Begin(new RequestKey(7, 0), Parse(Request(method)), Octets(Request(method)), Flow, Flow);

    /// <summary>A response comes in.</summary>
    public TransactionVerdict Receive(ClientTransaction client, int status) =>
        client.Receive(Parse(Response(status, client == InviteClient ? "INVITE" : "BYE")));

    /// <summary>The transaction user answers.</summary>
    public void Respond(ServerTransaction server, int status) =>
        server.Respond(status, Octets(Response(status, server == InviteServer ? "INVITE" : "BYE")));

    /// <summary>Lets time pass in which no timer is due.</summary>
    public void Pass(long ticks)
    {
        Environment.NowTick += ticks;
        Assert.False(Environment.Wheel.TryTakeDue(Environment.NowTick, out var early), "a timer fired that the case did not ask for");
        Assert.Null(early);
    }

    /// <summary>
    /// Lets time pass until the timer fires, and the ones before it. Null when it never fires in the present state: it
    /// is not armed, or another timer ends the state first.
    /// </summary>
    public TransactionVerdict? Fire(Transaction machine, TimerKind kind)
    {
        var state = machine.State;
        while (machine.State == state && NextTimer() is { } timer)
        {
            Sender.Log.Clear();
            Environment.NowTick = timer.DueTick;
            var verdict = machine is ClientTransaction client ? client.OnTimer(timer.Kind) : ((ServerTransaction)machine).OnTimer(timer.Kind);
            if (timer.Kind == kind)
            {
                return verdict;
            }
        }

        return null;
    }

    /// <summary>The timers that are armed, with the time that each has left: <c>A+500 B+32000</c>. Takes them off the wheel.</summary>
    public string TakeTimers()
    {
        var armed = new List<string>();
        while (NextTimer() is { } timer)
        {
            armed.Add($"{timer.Kind}+{timer.DueTick - Environment.NowTick}");
        }

        return armed.Count == 0 ? "-" : string.Join(' ', armed);
    }

    /// <summary>What is true of every machine, whatever happened to it: it sends to its peer only, and keeps nothing once released.</summary>
    public void Verify(Transaction machine)
    {
        Assert.All(Sender.Log, static sent => Assert.Equal((Listener, Peer), (sent.Listener, sent.To)));
        machine.Release();
        Assert.Equal(0, Environment.Wheel.Count);
        Assert.True(Pool.Outstanding == 0, $"still rented:\n{Pool.DescribeOutstanding()}");
    }

    private TimerNode? NextTimer()
    {
        // Slot starts come before timers on the higher levels of the wheel, so the search goes on until one is due.
        while (Environment.Wheel.NextDueTick() is var next and < long.MaxValue)
        {
            if (Environment.Wheel.TryTakeDue(next, out var timer))
            {
                return timer;
            }
        }

        return null;
    }
}
