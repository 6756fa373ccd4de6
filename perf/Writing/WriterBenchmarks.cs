using BenchmarkDotNet.Attributes;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Perf.Writing;

/// <summary>A message and its edits to bytes, in one pass.</summary>
[MemoryDiagnoser]
public class WriterBenchmarks
{
    private readonly SipMessage _invite = Messages.Parse(Messages.InviteWithSdp);
    private readonly SipMessage _bye = Messages.Parse(Messages.Bye);
    private readonly SipMessage _ok = Messages.Parse(Messages.OkToInvite);
    private readonly byte[] _room = new byte[65_536];
    private readonly HeaderEdits _edits = new();
    private readonly PeerAddress _source = PeerAddress.FromV4(0xC000_0265, 5060);

    /// <summary>An INVITE on its way on: Request-URI, Via, Record-Route, Max-Forwards, received and rport below.</summary>
    [Benchmark]
    public int ForwardedInvite()
    {
        _edits.Clear();
        _edits.Add(HeaderName.RecordRoute, HeaderOperation.Prepend, "<sip:0123456789abcdef@proxy.test:5060;lr>"u8);
        return ForwardInvite();
    }

    /// <summary>The same with as many edits as an IMS core makes, of names that the engine reads and of others.</summary>
    [Benchmark]
    public int EditedInvite()
    {
        _edits.Clear();
        _edits.Add(HeaderName.RecordRoute, HeaderOperation.Prepend, "<sip:0123456789abcdef@proxy.test:5060;lr>"u8);
        _edits.Add(HeaderName.Route, HeaderOperation.Prepend, "<sip:orig@scscf.test:6060;lr>"u8);
        _edits.Remove("P-Preferred-Identity"u8);
        _edits.Remove("P-Charging-Function-Addresses"u8);
        _edits.Add("P-Asserted-Identity"u8, HeaderOperation.Replace, "<sip:alice@home.test>"u8);
        _edits.Add("P-Asserted-Identity"u8, HeaderOperation.Append, "<tel:+123456789>"u8);
        _edits.Add("P-Charging-Vector"u8, HeaderOperation.Append, "icid-value=0123456789abcdef;orig-ioi=home.test"u8);
        _edits.Add("User-Agent"u8, HeaderOperation.Replace, "hidden"u8);
        return ForwardInvite();
    }

    /// <summary>A BYE on its way on: our Route value is taken off.</summary>
    [Benchmark]
    public int ForwardedBye() => Forward(_bye, new RequestEdits
    {
        RequestUri = _bye[_bye.RequestUri],
        MaxForwards = 69,
        MaxBreadth = -1,
        RoutesRemoved = 1,
        SentBy = "proxy.test:5060"u8,
        Branch = "z9hG4bK0123456789abcdef0123456789abcdef"u8,
        Source = _source,
    });

    /// <summary>A 200 on its way back: our Via is taken off.</summary>
    [Benchmark]
    public int ForwardedResponse()
    {
        var writer = new SipWriter(_room);
        ForwardedResponseWriter.Write(ref writer, _ok, edits: null);
        return Length(writer);
    }

    /// <summary>A response of our own to an INVITE.</summary>
    [Benchmark]
    public int OwnResponse()
    {
        var writer = new SipWriter(_room);
        ResponseWriter.Begin(ref writer, _invite, 404, "Not Found"u8, "0123456789abcdef"u8, _source);
        ResponseWriter.End(ref writer);
        return Length(writer);
    }

    /// <summary>The ACK for a final response that is no 2xx.</summary>
    [Benchmark]
    public int Ack()
    {
        var writer = new SipWriter(_room);
        HopRequestWriter.WriteAck(ref writer, _invite, _ok);
        return Length(writer);
    }

    private int ForwardInvite() => Forward(_invite, new RequestEdits
    {
        Headers = _edits,
        RequestUri = "sip:bob@192.0.2.201:5060"u8,
        MaxForwards = 67,
        MaxBreadth = -1,
        SentBy = "proxy.test:5060"u8,
        Branch = "z9hG4bK0123456789abcdef0123456789abcdef"u8,
        Source = _source,
    });

    private int Forward(SipMessage request, scoped in RequestEdits edits)
    {
        var writer = new SipWriter(_room);
        ForwardedRequestWriter.Write(ref writer, request, edits);
        return Length(writer);
    }

    private static int Length(scoped in SipWriter writer) => writer.Overflowed ? throw new InvalidOperationException("too long") : writer.Length;
}
