using System.Text;

namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>
/// A user agent made of raw octets on an <see cref="IEndpoint"/>. It has no transactions and no timers: it sends
/// what the test says, when the test says so, and nothing else.
/// </summary>
/// <param name="bed">Where it lives.</param>
/// <param name="endpoint">Its address.</param>
/// <param name="name">The user part of its URIs.</param>
/// <param name="claims">The address that it writes into Via and Contact, when a NAT makes it another one.</param>
public sealed class SimUserAgent(ITestBed bed, IEndpoint endpoint, string name, string? claims = null)
{
    /// <summary>What counts as "at once": less than the first retransmission.</summary>
    public const long Soon = 200;

    private int _counter;

    public IEndpoint Endpoint => endpoint;

    /// <summary>Address and port, such as <c>127.0.0.2:5060</c>.</summary>
    public string Address => endpoint.Address;

    public string Host => Address[..Address.LastIndexOf(':')];

    /// <summary>The tag it puts into To when it answers.</summary>
    public string Tag => $"tag-{name}";

    public string Contact => $"<sip:{name}@{claims ?? Address}>";

    /// <summary>Everything that arrived so far, read anew.</summary>
    public List<WireMessage> Log => [.. endpoint.Log.Select(WireMessage.Read)];

    // ---- what it sends ----

    /// <summary>A request of its own with all that RFC 3261 §8.1.1 asks; branch, Call-ID and tag are new.</summary>
    public WireMessage Request(string method, string uri)
    {
        var n = ++_counter;
        var request = new WireMessage($"{method} {uri} SIP/2.0")
            .Add("Via", Via(n))
            .Add("Max-Forwards", "70")
            .Add("From", $"<sip:{name}@home.test>;tag=from-{name}-{n}")
            .Add("To", $"<{uri}>")
            .Add("Call-ID", $"call-{name}-{n}@{Host}")
            .Add("CSeq", $"1 {method}");
        if (method is "INVITE" or "SUBSCRIBE" or "REFER" or "UPDATE")
        {
            request.Add("Contact", Contact);
        }

        return request.Add("Content-Length", "0");
    }

    /// <summary>A Via value of its own with a new branch.</summary>
    public string NewVia() => Via(++_counter);

    public WireMessage Send(WireMessage message, string? to = null)
    {
        endpoint.Send(message.ToOctets(), to);
        return message;
    }

    public void Send(string text, string? to = null) => endpoint.Send(Encoding.Latin1.GetBytes(text), to);

    /// <summary>Makes and sends a request.</summary>
    public WireMessage Ask(string method, string uri) => Send(Request(method, uri));

    /// <summary>The answer of a server to a request it got, with its tag (but not in a 100).</summary>
    public WireMessage Answer(WireMessage request, int status, string? reason = null)
    {
        var response = WireMessage.ResponseTo(request, status, reason ?? $"Reason{status}");
        if (status > 100)
        {
            if (response.ToTag is null)
            {
                response.Set("To", response["To"] + ";tag=" + Tag);
            }

            // RFC 3261 §12.1.1: only what can create a dialog carries the route set back.
            if (status < 300)
            {
                request.Lines("Record-Route").ForEach(value => response.Add("Record-Route", value));
                response.Add("Contact", Contact);
            }
        }

        return response.Add("Content-Length", "0");
    }

    public WireMessage Reply(WireMessage request, int status, string? reason = null) => Send(Answer(request, status, reason), request.From);

    /// <summary>The CANCEL of a request (RFC 3261 §9.1).</summary>
    public WireMessage Cancel(WireMessage request) => Send(CancelOf(request));

    public WireMessage CancelOf(WireMessage request) => Hop(request, "CANCEL", request["To"]);

    /// <summary>The ACK of a non-2xx (RFC 3261 §17.1.1.3): same hop, same branch.</summary>
    public WireMessage AckNon2xx(WireMessage invite, WireMessage response) => Send(AckNon2xxOf(invite, response));

    public WireMessage AckNon2xxOf(WireMessage invite, WireMessage response) => Hop(invite, "ACK", response["To"]);

    /// <summary>The ACK of a 2xx (RFC 3261 §13.2.2.4): a request of the dialog, with a branch of its own.</summary>
    public WireMessage Ack(WireMessage invite, WireMessage ok) => Send(AckOf(invite, ok));

    public WireMessage AckOf(WireMessage invite, WireMessage ok) => Within("ACK", invite, ok).Set("CSeq", invite["CSeq"].Split(' ')[0] + " ACK");

    /// <summary>A request inside the dialog, from the side that called (RFC 3261 §12.2.1.1).</summary>
    public WireMessage Within(string method, WireMessage invite, WireMessage ok)
    {
        var routes = ok.All("Record-Route");
        routes.Reverse();
        return InDialog(method, ok["Contact"], routes, invite["From"], ok["To"], invite["Call-ID"], "2");
    }

    /// <summary>A request inside the dialog, from the side that was called.</summary>
    public WireMessage WithinAsCallee(string method, WireMessage received, WireMessage ok) =>
        InDialog(method, received["Contact"], received.All("Record-Route"), ok["To"], received["From"], received["Call-ID"], "101");

    // ---- what it gets ----

    /// <summary>The next message, whatever it is.</summary>
    public WireMessage Next(long within = Soon)
    {
        var arrival = endpoint.Await(within);
        Assert.True(arrival is not null, $"{name} got nothing within {within} ms, at {bed.Now} ms; before that:\n{Story()}");
        return WireMessage.Read(arrival);
    }

    /// <summary>The next message must be this request.</summary>
    public WireMessage Expect(string method, long within = Soon)
    {
        var message = Next(within);
        Assert.True(message.IsRequest && message.Method == method, $"{name} expected {method} but got:\n{message}");
        return message;
    }

    /// <summary>The next message must be this response.</summary>
    public WireMessage Expect(int status, string? method = null, long within = Soon)
    {
        var message = Next(within);
        var right = !message.IsRequest && message.Status == status && (method is null || message.CSeqMethod == method);
        Assert.True(right, $"{name} expected {status} {method} but got:\n{message}");
        return message;
    }

    /// <summary>Nothing comes for a while (1 s unless told otherwise).</summary>
    public void Silence(long milliseconds = 1000)
    {
        var arrival = endpoint.Take(milliseconds);
        Assert.True(arrival is null, arrival is null ? "" : $"{name} expected silence but got:\n{WireMessage.Read(arrival)}");
    }

    /// <summary>Takes whatever has come or comes within the time.</summary>
    public List<WireMessage> Drain(long milliseconds)
    {
        bed.Pass(milliseconds);
        var messages = new List<WireMessage>();
        while (endpoint.Take(0) is { } arrival)
        {
            messages.Add(WireMessage.Read(arrival));
        }

        return messages;
    }

    private string Via(int n) => $"SIP/2.0/UDP {claims ?? Address}{(claims is null ? "" : ";rport")};branch=z9hG4bK-{name}-{n}";

    private WireMessage Hop(WireMessage request, string method, string to)
    {
        var message = new WireMessage($"{method} {request.RequestUri} SIP/2.0").Add("Via", request.Vias[0]).Add("Max-Forwards", "70");
        request.Lines("Route").ForEach(value => message.Add("Route", value));
        return message.Add("From", request["From"]).Add("To", to).Add("Call-ID", request["Call-ID"])
            .Add("CSeq", $"{request["CSeq"].Split(' ')[0]} {method}").Add("Content-Length", "0");
    }

    private WireMessage InDialog(string method, string remoteTarget, List<string> routes, string from, string to, string callId, string cseq)
    {
        var request = new WireMessage($"{method} {WireText.Uri(remoteTarget)} SIP/2.0").Add("Via", NewVia()).Add("Max-Forwards", "70");
        routes.ForEach(route => request.Add("Route", route));
        return request.Add("From", from).Add("To", to).Add("Call-ID", callId).Add("CSeq", $"{cseq} {method}").Add("Contact", Contact)
            .Add("Content-Length", "0");
    }

    private string Story() => string.Join('\n', Log.Select(static m => $"{m.At,8} ms  {m.StartLine}"));
}
