using System.Globalization;
using System.Net;
using System.Text;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Tests.Shards;

namespace ImsSipFast.Engine.Tests.Robustness;

/// <summary>
/// Every kind of request and response with its header fields in every order and some of them bent, through a whole
/// shard: nothing throws, each datagram is counted once, and in the end nothing is left. <c>HEADER_ORDER_COUNT</c> sets
/// how many of each kind; a million of each take minutes.
/// </summary>
public sealed class HeaderOrderTests
{
    private static readonly int s_count = int.Parse(Environment.GetEnvironmentVariable("HEADER_ORDER_COUNT") ?? "2000", CultureInfo.InvariantCulture);
    private static readonly int s_seed = int.Parse(Environment.GetEnvironmentVariable("HEADER_ORDER_SEED") ?? "1", CultureInfo.InvariantCulture);

    private static readonly PeerAddress s_caller = PeerAddress.From(IPEndPoint.Parse("203.0.113.2:5060"));
    private static readonly PeerAddress s_callee = PeerAddress.From(IPEndPoint.Parse("203.0.113.9:5060"));

    private static readonly int[] s_statuses = [100, 180, 183, 200, 202, 302, 401, 407, 408, 420, 486, 487, 500, 503, 603];

    private readonly Dictionary<NetworkMode, ShardBench> _benches = [];
    private readonly byte[] _copy = new byte[16_384];

    public static TheoryData<string> Methods =>
        ["INVITE", "ACK", "BYE", "CANCEL", "REGISTER", "OPTIONS", "MESSAGE", "PRACK", "UPDATE", "REFER", "NOTIFY", "SUBSCRIBE", "INFO", "PUBLISH", "FOO"];

    public static TheoryData<int, string> Responses
    {
        get
        {
            var data = new TheoryData<int, string>();
            foreach (var status in s_statuses)
            {
                data.Add(status, "INVITE");
                data.Add(status, "MESSAGE");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_request_in_any_order(string method)
    {
        var shuffler = new Shuffler(s_seed);
        for (var i = 0; i < s_count; i++)
        {
            var bench = Bench(i);
            if (method is "CANCEL" or "ACK" && i % 2 == 0)
            {
                bench.Receive(Request("INVITE", i), s_caller);
            }

            var mutant = shuffler.Shuffle(Request(method, i));
            Feed(bench, mutant, s_caller, i);
            if (shuffler.Next(4) == 0)
            {
                Feed(bench, mutant, s_caller, i);
            }

            Answer(bench, shuffler, s_statuses[shuffler.Next(s_statuses.Length)], i);
            bench.Pass(shuffler.Next(8) == 0 ? 100 : 3);
        }

        VerifyAll();
    }

    [Theory]
    [MemberData(nameof(Responses))]
    public void A_response_in_any_order(int status, string method)
    {
        var shuffler = new Shuffler(s_seed);
        for (var i = 0; i < s_count; i++)
        {
            var bench = Bench(i);
            bench.Forget();
            bench.Receive(Request(method, i), s_caller);
            Answer(bench, shuffler, status, i);
            bench.Pass(shuffler.Next(8) == 0 ? 100 : 3);
        }

        VerifyAll();
    }

    private void Answer(ShardBench bench, Shuffler shuffler, int status, int i)
    {
        var sent = bench.Count;
        for (var at = 0; at < sent; at++)
        {
            var request = bench.Sent(at);
            if (request.StartsWith("SIP/2.0"u8) || request.StartsWith("ACK "u8))
            {
                continue;
            }

            // A copy: what comes of the answer is written where the request stands.
            var response = Response(request, status);
            if (shuffler.Next(32) == 0)
            {
                bench.Undelivered(request, bench.SentTo(at));
            }

            Feed(bench, shuffler.Shuffle(response, bend: shuffler.Next(2) == 0), s_callee, i);
        }

        bench.Forget();
    }

    private static void Feed(ShardBench bench, ReadOnlySpan<byte> octets, PeerAddress from, int i)
    {
        try
        {
            bench.Receive(octets, from);
        }
        catch (Exception fault)
        {
            throw new InvalidOperationException($"HEADER_ORDER_SEED={s_seed}, message {i}: {fault.Message}\n{Encoding.Latin1.GetString(octets)}", fault);
        }
    }

    private void VerifyAll()
    {
        // Not so bent that all were refused at the door.
        Assert.InRange(_benches.Values.Sum(static b => b.Metrics.Forwarded + b.Metrics.Absorbed + b.Metrics.Answered), s_count / 4, long.MaxValue);
        foreach (var bench in _benches.Values)
        {
            bench.Verify();
        }
    }

    private ShardBench Bench(int i)
    {
        var mode = (NetworkMode)(i % 3);
        if (!_benches.TryGetValue(mode, out var bench))
        {
            // Short timers: what a message leaves is gone before many others have come.
            var options = new SipEngineOptions
            {
                Mode = mode,
                Listen = [new(IPEndPoint.Parse("203.0.113.1:5060"))],
                Domains = ["home.test"],
                Relay = true,
                RecurseRedirects = true,
                Shards = 1,
                T1 = 0.05,
                T2 = 0.2,
                T4 = 0.2,
                TimerC = 2,
                PendingTimeout = 2,
                BranchTimeout = 2,
                MaxExpires = 60,
            };
            _benches[mode] = bench = new ShardBench(options) { EveryName = s_callee };
            bench.Receive(
                "REGISTER sip:home.test SIP/2.0\r\nVia: SIP/2.0/UDP 203.0.113.9;branch=z9hG4bK-r\r\nMax-Forwards: 70\r\nFrom: <sip:b@home.test>;tag=r\r\nTo: <sip:b@home.test>\r\nCall-ID: r\r\nCSeq: 1 REGISTER\r\nContact: <sip:b@203.0.113.9>, <sip:b2@203.0.113.9:5062>;q=0.5\r\n\r\n"u8,
                s_callee);
        }

        bench.Forget();
        return bench;
    }

    private static byte[] Request(string method, int i) => Encoding.Latin1.GetBytes(
        $"{method} sip:{(i % 4 == 0 ? "b@home.test" : i % 4 == 1 ? "203.0.113.1:5060;lr" : "b@203.0.113.9")} SIP/2.0\r\n"
        + $"Via: SIP/2.0/UDP 203.0.113.2:5060;rport;branch=z9hG4bK-{i}\r\nVia: SIP/2.0/TCP below.test;branch=z9hG4bK-b;received=192.0.2.1\r\n"
        + $"Max-Forwards: 70\r\nMax-Breadth: 9\r\nFrom: \"A\" <sip:a@far.test>;tag=f{i}\r\nTo: <sip:b@home.test>{(i % 5 == 0 ? ";tag=t" : "")}\r\nCall-ID: {i}\r\nCSeq: 1 {method}\r\n"
        + (i % 3 == 0 ? "Route: <sip:203.0.113.1:5060;lr>, <sip:next.test;lr>\r\nRoute: <sip:last.test>\r\n" : "")
        + "Record-Route: <sip:p1.test;lr>, <sip:p2.test;lr>\r\nContact: <sip:a@203.0.113.2>;expires=20\r\nSupported: path\r\nTimestamp: 3\r\nSubject: s\r\n"
        + "Proxy-Authorization: Digest username=\"a\"\r\nContent-Length: 4\r\n\r\nbody");

    private ReadOnlySpan<byte> Response(ReadOnlySpan<byte> request, int status)
    {
        var text = new StringBuilder($"SIP/2.0 {status} Reason\r\n");
        var lines = Encoding.Latin1.GetString(request).Split("\r\n");
        foreach (var line in lines.TakeWhile(static l => l.Length > 0))
        {
            if (line.StartsWith("To:", StringComparison.OrdinalIgnoreCase))
            {
                text.Append(line).Append(line.Contains(";tag=", StringComparison.Ordinal) ? "\r\n" : ";tag=callee\r\n");
            }
            else if (line.StartsWith("Via", StringComparison.OrdinalIgnoreCase) || line.StartsWith("From:", StringComparison.Ordinal) || line.StartsWith("Record-Route:", StringComparison.Ordinal)
                || line.StartsWith("Call-ID:", StringComparison.Ordinal) || line.StartsWith("CSeq:", StringComparison.Ordinal))
            {
                text.Append(line).Append("\r\n");
            }
        }

        text.Append("Contact: <sip:c@203.0.113.9>\r\nWWW-Authenticate: Digest realm=\"a, b\", nonce=\"1\"\r\nProxy-Authenticate: Digest realm=\"c\"\r\n");
        text.Append("Contact: <sip:d@203.0.113.9>;q=0.2\r\nRetry-After: 3\r\nContent-Length: 4\r\n\r\nbody");
        return _copy.AsSpan(0, Encoding.Latin1.GetBytes(text.ToString(), _copy));
    }
}
