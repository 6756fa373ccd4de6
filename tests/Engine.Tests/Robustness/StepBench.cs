using System.Net;
using System.Text;
using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Tests.Shards;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Tests.Robustness;

/// <summary>A shard whose options are at their limits, and how many steps a datagram takes in it (<see cref="Steps"/>).</summary>
internal sealed class StepBench
{
    private static readonly PeerAddress s_caller = PeerAddress.From(IPEndPoint.Parse("203.0.113.2:5060"));
    private static readonly PeerAddress s_callee = PeerAddress.From(IPEndPoint.Parse("203.0.113.9:5060"));

    private readonly ShardBench _bench = new(new SipEngineOptions
    {
        Mode = NetworkMode.Lan,
        Listen = [new(IPEndPoint.Parse("203.0.113.1:5060"))],
        Domains = ["home.test"],
        Relay = true,
        RecurseRedirects = true,
        Shards = 1,
        MaxBindingsPerAor = 1000,
        MaxContactOctetsPerAor = 1_000_000,
        MaxContactLength = 8192,
        MaxTargets = 256,
        MaxBreadth = 2,
        MaxHeaders = 4096,
    })
    {
        EveryName = s_callee,
    };

    private int _calls;

    /// <summary>Steps of a request with these header fields.</summary>
    public long Request(string method, string uri, string fields, int size = 0) => Count(Octets(method, uri, fields, $"step-{++_calls}-{size}"), s_caller);

    /// <summary>Steps of a request as it stands.</summary>
    public long Count(byte[] octets, PeerAddress? from = null)
    {
        Assert.InRange(octets.Length, 1, ShardOracle.MaxDatagram);
        _bench.Forget();
        var before = Steps.Count;
        _bench.Receive(octets, from ?? s_caller);
        return Steps.Count - before;
    }

    /// <summary>Steps of a response with these header fields to an INVITE that has gone to one phone.</summary>
    public long Response(int status, string fields)
    {
        Count(Octets("INVITE", "sip:b@home.test", "", $"call-{++_calls}"));
        var vias = Encoding.Latin1.GetString(_bench.Sent(1)).Split("\r\n").Where(static l => l.StartsWith("Via", StringComparison.Ordinal));
        return Count(
            Encoding.Latin1.GetBytes(
                $"SIP/2.0 {status} Reason\r\n{string.Join("\r\n", vias)}\r\nFrom: <sip:a@far.test>;tag=f\r\nTo: <sip:b@home.test>;tag=t\r\nCall-ID: call-{_calls}\r\nCSeq: 1 INVITE\r\n{fields}\r\n"),
            s_callee);
    }

    /// <summary>Steps of writing a request and a response with these header fields, edited.</summary>
    public static long Write(string fields, HeaderEdits edits)
    {
        var room = new byte[2 * ShardOracle.MaxDatagram];
        var message = new SipMessage(maxHeaders: 4096);
        var octets = Octets("MESSAGE", "sip:b@home.test", fields, "edits");
        SipParser.TryParse(octets, octets.Length, message);
        var before = Steps.Count;
        var writer = new SipWriter(room);
        ForwardedRequestWriter.Write(ref writer, message, new RequestEdits { Headers = edits, RequestUri = "sip:b@far.test"u8, SentBy = "us"u8, Branch = "z9hG4bKus"u8 });
        Assert.False(writer.Overflowed);
        writer = new SipWriter(room);
        ForwardedResponseWriter.Write(ref writer, message, edits);
        Assert.False(writer.Overflowed);
        return Steps.Count - before;
    }

    /// <summary>Registers one more contact of b@home.test.</summary>
    public long Register(params string[] contacts) => Count(Encoding.Latin1.GetBytes(
        $"REGISTER sip:home.test SIP/2.0\r\nVia: SIP/2.0/UDP 203.0.113.2;branch=z9hG4bK-r{++_calls}\r\nMax-Forwards: 70\r\nFrom: <sip:b@home.test>;tag=r\r\n"
        + $"To: <sip:b@home.test>\r\nCall-ID: r\r\nCSeq: {_calls} REGISTER\r\nContact: {string.Join(", ", contacts)}\r\n\r\n"));

    /// <summary>The status code of what went out last.</summary>
    public int LastStatus => int.Parse(Encoding.Latin1.GetString(_bench.Sent(_bench.Count - 1).Slice(8, 3)), System.Globalization.CultureInfo.InvariantCulture);

    public static byte[] Octets(string method, string uri, string fields, string id) => Encoding.Latin1.GetBytes(
        $"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 203.0.113.2:5060;rport;branch=z9hG4bK-{id}\r\nMax-Forwards: 70\r\nFrom: <sip:a@far.test>;tag=f\r\n"
        + $"To: <sip:b@home.test>\r\nCall-ID: {id}\r\nCSeq: 1 {method}\r\n{fields}\r\n");
}
