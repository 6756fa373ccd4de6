using System.Text;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Running;
using ImsSipFast.Engine.Tests.Simulation;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImsSipFast.Engine.Tests.Running;

/// <summary>A real shard under its real runner, which was not run for longer than T1.</summary>
public sealed class StallTests : ISendBatch, IHostResolver
{
    private static readonly PeerAddress s_caller = PeerAddress.FromV4(0x7F00_0002, 5060);
    private static readonly PeerAddress s_callee = PeerAddress.FromV4(0x7F00_0003, 5060);

    private readonly MessagePool _pool = new(traceLeaks: true);
    private readonly ManualTime _time = new();
    private readonly List<WireMessage> _sent = [];
    private readonly ShardRunner _runner;

    public StallTests() => _runner = new ShardRunner(
        0, Fixtures.Shard(Fixtures.Options(), _pool, this, this), this, new TickSource(_time), new WakeSignal(), 1000, NullLogger.Instance);

    [Theory]
    [InlineData("INVITE")]
    [InlineData("MESSAGE")]
    public void A_request_whose_answer_waits_is_not_sent_again(string method)
    {
        var request = Forward(method);
        _time.Advance(5_000);
        Post(Answer(request, 200), s_callee);
        _runner.TryRun();
        Assert.Equal([$"200 {method}"], Outline());
    }

    /// <summary>RFC 3261 §16.8: the answer came in time, only we were late.</summary>
    [Fact]
    public void A_request_whose_answer_waits_is_not_given_up()
    {
        var request = Forward("INVITE");
        _time.Advance(40_000);
        Post(Answer(request, 486), s_callee);
        _runner.TryRun();
        Assert.Equal(["ACK", "486 INVITE"], Outline().Take(2));
        Assert.DoesNotContain("408 INVITE", Outline());
    }

    [Fact]
    public void A_request_without_an_answer_is_sent_again_after_the_stall()
    {
        Forward("MESSAGE");
        _time.Advance(600);
        Post(Encoding.ASCII.GetBytes("\r\n\r\n"), s_callee);
        _runner.TryRun();
        Assert.Equal(["MESSAGE"], Outline());
    }

    void IMessageSender.Send(in Flow flow, ReadOnlySpan<byte> message) =>
        _sent.Add(WireMessage.Parse(message.ToArray(), 0, flow.Remote.ToString()));

    void ISendBatch.Flush()
    {
    }

    ResolveStatus IHostResolver.Resolve(ReadOnlySpan<byte> host, int port, Transport transport, int shard, long ticket, out HopList hops)
    {
        hops = default;
        return ResolveStatus.Failed;
    }

    /// <summary>The copy of a new request that went to the callee.</summary>
    private WireMessage Forward(string method)
    {
        Post(Encoding.ASCII.GetBytes(
            $"{method} sip:b@127.0.0.3 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.2;branch=z9hG4bKstall\r\nMax-Forwards: 70\r\nFrom: <sip:a@home.test>;tag=1\r\n"
            + $"To: <sip:b@127.0.0.3>\r\nCall-ID: stall\r\nCSeq: 1 {method}\r\nContact: <sip:a@127.0.0.2>\r\nContent-Length: 0\r\n\r\n"), s_caller);
        _runner.TryRun();
        var request = _sent.Single(message => message.IsRequest);
        _sent.Clear();
        return request;
    }

    private static byte[] Answer(WireMessage request, int status)
    {
        var response = WireMessage.ResponseTo(request, status, "Words");
        return response.Set("To", response["To"] + ";tag=2").Add("Content-Length", "0").ToOctets();
    }

    private void Post(byte[] octets, PeerAddress from)
    {
        var message = _pool.Keep(octets);
        (message.Kind, message.Flow) = (MessageKind.Received, new Flow(from, Transport.Udp, 0));
        Assert.True(_runner.TryPost(message));
    }

    private List<string> Outline() => [.. _sent.Select(static m => m.IsRequest ? m.Method : $"{m.Status} {m.CSeqMethod}")];
}
