using System.Net;
using System.Text;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Tests.Shards;

namespace ImsSipFast.Engine.Tests.Robustness;

/// <summary>
/// What holds of a shard for every datagram, whatever its octets: nothing thrown; it is counted once; at most one final
/// answer; silence when it is dropped; what is passed on is a message that the next hop can read, with our Via on top.
/// </summary>
internal sealed class ShardOracle
{
    /// <summary>The longest payload of a UDP datagram over IPv4.</summary>
    public const int MaxDatagram = 65_507;

    private readonly SipMessage _view = new();
    private int _probes;

    public ShardOracle()
    {
        var options = new SipEngineOptions
        {
            Mode = NetworkMode.Lan,
            Listen = [new(IPEndPoint.Parse("203.0.113.1:5060"))],
            Domains = ["example.com", "home.test"],
            Relay = true,
            Shards = 1,
        };
        Bench = new ShardBench(options, traceLeaks: true) { EveryName = Server };
    }

    /// <summary>Who sends.</summary>
    public static PeerAddress Sender { get; } = PeerAddress.From(IPEndPoint.Parse("203.0.113.2:5060"));

    /// <summary>Where every name leads.</summary>
    public static PeerAddress Server { get; } = PeerAddress.From(IPEndPoint.Parse("203.0.113.9:5060"));

    public ShardBench Bench { get; }

    /// <summary>Requests passed on by the last datagram.</summary>
    public int Forwarded { get; private set; }

    /// <summary>Status code of the final answer to the last datagram, 0 when there was none.</summary>
    public int Answer { get; private set; }

    /// <summary>Sends one datagram and checks what comes of it; <paramref name="name"/> tells a failure where it is.</summary>
    public void Feed(ReadOnlySpan<byte> octets, string name, PeerAddress? from = null)
    {
        Bench.Forget();
        var before = Outcomes();
        try
        {
            Bench.Receive(octets, from ?? Sender);
            Check(before, ParserOracle.Check(octets.ToArray(), octets.Length, _view));
        }
        catch (Exception fault)
        {
            throw new InvalidOperationException($"{name}: {fault.Message}\n{Encoding.Latin1.GetString(octets)}\nsent:\n{Bench.Describe()}", fault);
        }

        // Transactions come and go as they would in life.
        Bench.Pass(5);
        Bench.Forget();
    }

    /// <summary>The next request of somebody else is served.</summary>
    public void Probe()
    {
        Bench.Forget();
        Bench.Receive(
            Encoding.ASCII.GetBytes(
                $"OPTIONS sip:home.test SIP/2.0\r\nVia: SIP/2.0/UDP 203.0.113.3;branch=z9hG4bK-probe-{++_probes}\r\nMax-Forwards: 70\r\n"
                + $"From: <sip:probe@home.test>;tag=p\r\nTo: <sip:home.test>\r\nCall-ID: probe-{_probes}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"),
            PeerAddress.From(IPEndPoint.Parse("203.0.113.3:5060")));
        Assert.Equal(1, Bench.Count);
        Assert.True(Bench.Sent(0).StartsWith("SIP/2.0 200 "u8), Bench.Describe());
        Bench.Forget();
    }

    /// <summary>Alive, and in the end nothing is left.</summary>
    public void Verify()
    {
        Probe();
        Bench.Verify();
    }

    private (long Answered, long Forwarded, long Absorbed, long Dropped) Outcomes() =>
        (Bench.Metrics.Answered, Bench.Metrics.Forwarded, Bench.Metrics.Absorbed, Bench.Metrics.DroppedTotal());

    private void Check((long Answered, long Forwarded, long Absorbed, long Dropped) before, bool cameWhole)
    {
        var after = Outcomes();
        var dropped = after.Dropped - before.Dropped;
        Assert.Equal(1, after.Answered - before.Answered + after.Forwarded - before.Forwarded + after.Absorbed - before.Absorbed + dropped);
        Assert.True(dropped == 0 || Bench.Count == 0, "dropped, and yet something was sent");
        (Forwarded, Answer) = (0, 0);
        for (var i = 0; i < Bench.Count; i++)
        {
            var octets = Bench.Sent(i).ToArray();
            Assert.InRange(octets.Length, 1, MaxDatagram);
            var parsed = ParserOracle.Check(octets, octets.Length, _view);
            if (!_view.IsRequest)
            {
                // An answer to something malformed copies what is malformed, and the Vias below ours are not our
                // business; all else can be read.
                Assert.True(parsed || !cameWhole || _view.Error is ParseError.BadVia or ParseError.MissingVia, $"a response with {_view.Error}");
                Assert.True(_view.StatusCode < 200 || Answer == 0, "answered twice");
                Answer = _view.StatusCode >= 200 ? _view.StatusCode : Answer;
                continue;
            }

            Forwarded++;
            Assert.True(parsed, $"what went on has {_view.Error}");
            Assert.Equal("203.0.113.1", Encoding.ASCII.GetString(_view[_view.TopVia.Host]));
            Assert.True(_view.TopVia.HasCookie(octets));
            Assert.Equal(octets.Length, _view.End);
        }
    }
}
