using System.Text;
using ImsSipFast.LoadGen.Agents;
using ImsSipFast.LoadGen.Metrics;
using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Tests.Simulation;

/// <summary>
/// User agents on one end and the test on the other, in virtual time: the test sees each message with the millisecond
/// at which it left, and says what comes back.
/// </summary>
internal sealed class ScriptedPeer : IDatagramOut
{
    public static readonly Peer Calling = Peer.From(new(System.Net.IPAddress.Parse("192.0.2.10"), 6000));
    public static readonly Peer Called = Peer.From(new(System.Net.IPAddress.Parse("192.0.2.10"), 6001));

    private readonly byte[] _room = new byte[65_536];
    private readonly Queue<SentMessage> _unread = new();

    public ScriptedPeer(LoadPlan plan)
    {
        Metrics = new(plan) { CurrentPhase = 0 };
        Settings = new(plan, Calling, Called);
        World = new(Settings, this, Metrics);
        Proxy = Peer.From(plan.Target);
    }

    public AgentSettings Settings { get; }

    public AgentWorld World { get; }

    public RunMetrics Metrics { get; }

    public PhaseCounters Counters => Metrics.Phases[0];

    public Peer Proxy { get; }

    /// <summary>Microseconds.</summary>
    public long Now { get; private set; }

    /// <summary>Everything that has been sent.</summary>
    public List<SentMessage> Sent { get; } = [];

    Span<byte> IDatagramOut.Room(Side side) => _room;

    void IDatagramOut.Send(Side side, int length, in Peer to)
    {
        var message = new SentMessage(Now / 1000, side, to, new(Encoding.Latin1.GetString(_room, 0, length)));
        Sent.Add(message);
        _unread.Enqueue(message);
    }

    /// <summary>Begins an attempt that is due now.</summary>
    public void Begin(Profile profile, LegFlags flags = LegFlags.None, uint number = 0, long due = -1) => World.Begin(
        new Attempt { Profile = profile, Phase = 0, Due = due < 0 ? Now : due, Local = 1, Remote = 2, Flags = flags, Number = number }, Now);

    /// <summary>Lets time pass, timer by timer.</summary>
    public void Pass(double milliseconds)
    {
        var end = Now + (long)(milliseconds * 1000);
        while (World.NextDue <= end)
        {
            Now = Math.Max(Now, World.NextDue);
            World.Advance(Now);
        }

        Now = end;
        World.Advance(Now);
    }

    /// <summary>The next message that the test has not looked at, which is to be of that kind.</summary>
    public SipText Next(string what)
    {
        Assert.True(_unread.Count > 0, $"nothing was sent, {what} was expected");
        var message = _unread.Dequeue();
        Assert.Equal(what, message.Text.What);
        return message.Text;
    }

    /// <summary>Nothing is left that the test has not looked at.</summary>
    public void Silence() => Assert.Equal([], _unread.Select(message => message.Text.StartLine));

    /// <summary>When messages of a kind left, in milliseconds.</summary>
    public long[] TimesOf(string what) => [.. Sent.Where(message => message.Text.What == what).Select(message => message.At)];

    /// <summary>A datagram comes from the proxy.</summary>
    public void Deliver(string text, Side side = Side.Calling) => World.Receive(side, Encoding.Latin1.GetBytes(text), Proxy, Now);

    /// <summary>A request to the called side, with a Via and Record-Route of the proxy before those of its sender.</summary>
    public void Forward(SipText request, string user, string branch)
    {
        var lines = request.Text.Split("\r\n", 2);
        var uri = request.RequestUri.Contains("192.0.2.10", StringComparison.Ordinal) ? request.RequestUri : $"sip:{user}@192.0.2.10:6001";
        Deliver($"{lines[0].Split(' ')[0]} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch={branch}\r\n"
            + $"Record-Route: <sip:192.0.2.1:5060;lr>\r\n{lines[1]}", Side.Called);
    }
}

/// <summary>A message that left, and when, in milliseconds.</summary>
internal sealed record SentMessage(long At, Side Side, Peer To, SipText Text);
