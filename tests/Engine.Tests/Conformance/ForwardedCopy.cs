using System.Security.Cryptography;
using System.Text;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Conformance;

/// <summary>Group C of the checklist: the request as it leaves us (RFC 3261 §16.6).</summary>
public sealed class ForwardedCopy : ConformanceTest
{
    /// <summary>What a proxy writes of its own; all else is the sender's.</summary>
    private static readonly string[] s_ours = ["Via", "Record-Route", "Max-Forwards", "Max-Breadth"];

    [Fact]
    public void C031_every_header_passes_byte_for_byte_and_in_order()
    {
        RegisterB();
        var invite = A.Request("INVITE", "sip:b@home.test");
        string[] names =
        [
            "Accept", "Accept-Encoding", "Accept-Language", "Alert-Info", "Allow", "Authorization", "Call-Info", "Date", "Error-Info", "Expires",
            "In-Reply-To", "MIME-Version", "Min-Expires", "Organization", "Priority", "Reply-To", "Require", "Retry-After", "Server", "Subject",
            "Supported", "Timestamp", "Unsupported", "User-Agent", "Warning", "P-Asserted-Identity", "P-Charging-Vector", "Session-Expires",
            "X-Unknown", "x-lower-CASE",
        ];
        foreach (var name in names)
        {
            invite.Add(name, $"value of {name};p=\"a, b\" , second\t;x");
        }

        invite.Add("Subject", "again").Add("X-Unknown", "one, two").Add("X-Unknown", "one, two").Add("s", "compact stays compact");
        var (_, atB) = Invite(invite);
        Assert.Equal(Fields(invite), Fields(atB));
    }

    [Theory]
    [InlineData("application/sdp", "v=0\r\no=- 1 1 IN IP4 127.0.0.2\r\ns=-\r\n")]
    [InlineData("multipart/mixed;boundary=x", "--x\r\nContent-Type: text/plain\r\n\r\nVia: not a header\r\n--x--\r\n")]
    [InlineData("text/plain", "")]
    public void C032_a_body_passes_untouched(string type, string body)
    {
        RegisterB();
        AssertBodyPasses(A.Request("MESSAGE", "sip:b@home.test").With(body, type).Add("Content-Encoding", "gzip"));
    }

    [Fact]
    public void C032_a_binary_body_passes_untouched()
    {
        RegisterB();
        var octets = new byte[3 * 1024];
        new Random(32).NextBytes(octets);
        "\r\n\r\n\0\0SIP/2.0 200 OK\r\n"u8.CopyTo(octets.AsSpan(100));
        AssertBodyPasses(A.Request("MESSAGE", "sip:b@home.test").With(Encoding.Latin1.GetString(octets), "application/octet-stream"));
    }

    [Fact]
    public void C033_our_Record_Route_comes_first()
    {
        RegisterB();
        var (_, atB) = Invite(A.Request("INVITE", "sip:b@home.test").Add("Route", "<sip:127.0.0.1;lr>")
            .Add("Record-Route", "<sip:second.test;lr>").Add("Record-Route", "<sip:first.test;lr>"));
        var values = atB.All("Record-Route");
        Assert.Equal(["<sip:second.test;lr>", "<sip:first.test;lr>"], values[1..]);
        AssertLeadsToProxy(values[0]);
    }

    [Fact]
    public void C034_our_Record_Route_is_recognised_from_either_side()
    {
        var (_, atB, _, _) = Call();
        var own = atB.All("Record-Route")[0];
        B.Send(B.Request("MESSAGE", "sip:a@127.0.0.2:5060").Add("Route", own));
        var atA = A.Expect("MESSAGE");
        Assert.Empty(atA.All("Route"));
        Assert.Single(atA.Vias, via => WireText.SentBy(via) == Bed.Proxy);
        A.Reply(atA, 200);
        B.Expect(200);

        A.Send(A.Request("MESSAGE", "sip:b@127.0.0.3:5060").Add("Route", own));
        var atB2 = B.Expect("MESSAGE");
        Assert.Single(atB2.Vias, via => WireText.SentBy(via) == Bed.Proxy);
        B.Reply(atB2, 200);
        A.Expect(200);
    }

    [Fact]
    public void C035_every_branch_of_every_request_has_a_branch_parameter_of_its_own()
    {
        RegisterFork();
        var branches = new HashSet<string>();
        for (var i = 0; i < 1000; i++)
        {
            A.Ask("MESSAGE", "sip:fork@home.test");
            foreach (var callee in (SimUserAgent[])[B, C])
            {
                var there = callee.Expect("MESSAGE");
                Assert.StartsWith("z9hG4bK", there.Branch);
                Assert.Equal($"SIP/2.0/UDP {Bed.Proxy}", there.Vias[0].Split(';')[0]);
                Assert.True(branches.Add(there.Branch), there.Branch);
                callee.Reply(there, 404);
            }

            A.Expect(404);
        }

        Assert.Equal(2000, branches.Count);
    }

    [Fact]
    public void C036_a_spiral_is_legal()
    {
        RegisterB();
        Register(A, "spiral", "<sip:b@home.test>");
        A.Ask("MESSAGE", "sip:spiral@home.test");
        var atB = B.Expect("MESSAGE");
        var ours = atB.Vias.FindAll(via => WireText.SentBy(via) == Bed.Proxy);
        Assert.Equal(2, ours.Count);
        Assert.NotEqual(WireText.Param(ours[0], "branch"), WireText.Param(ours[1], "branch"));
        B.Reply(atB, 200);
        A.Expect(200);
        B.Silence();
    }

    /// <summary>RFC 3261 §16.6 step 7: the procedures of RFC 3263 apply to the first Route, else to the Request-URI.</summary>
    [Theory]
    [InlineData("sip:x@127.0.0.3", null, "127.0.0.3:5060")]
    [InlineData("sip:x@127.0.0.3:5099", null, "127.0.0.3:5099")]
    [InlineData("sip:x@far.test:5099", null, "127.0.0.3:5099")]
    [InlineData("sip:x@far.test;maddr=127.0.0.4:", null, null)]
    [InlineData("sip:x@far.test:5099;maddr=127.0.0.4", null, "127.0.0.4:5099")]
    [InlineData("sip:x@far.test", "<sip:127.0.0.4:5099;lr>", "127.0.0.4:5099")]
    [InlineData("sip:x@far.test", "<sip:far.test:5098;maddr=127.0.0.4;lr>", "127.0.0.4:5098")]
    public void C037_the_next_hop_is_where_the_URI_says(string uri, string? route, string? address)
    {
        Bed.SetHost("far.test", B.Host);
        var request = A.Request("MESSAGE", uri);
        if (route is not null)
        {
            request.Add("Route", route);
        }

        if (address is null)
        {
            // An maddr that is no host: refused, not guessed.
            A.Send(request);
            Assert.InRange(A.Next().Status, 400, 599);
            return;
        }

        var there = address == B.Address ? B : Agent("there", address);
        A.Send(request);
        var arrived = there.Expect("MESSAGE");
        Assert.Equal(uri, arrived.RequestUri);
        there.Reply(arrived, 200);
        A.Expect(200);
    }

    /// <summary>RFC 3261 §16.6 step 8: a request that comes back with nothing changed that routes it has looped.</summary>
    [Fact]
    public void C037_a_loop_gets_482_and_a_changed_Request_URI_is_a_spiral()
    {
        RegisterB();
        A.Ask("MESSAGE", "sip:b@home.test");
        var atB = B.Expect("MESSAGE");
        var bounced = atB.Copy().Set("Max-Forwards", "60").AddFirst("Via", B.NewVia());
        B.Send(bounced);
        var spiral = B.Expect("MESSAGE");
        Assert.NotEqual(atB.Branch, spiral.Branch);

        var looped = atB.Copy().Set("Max-Forwards", "60").AddFirst("Via", B.NewVia());
        looped.StartLine = "MESSAGE sip:b@home.test SIP/2.0";
        B.Send(looped);
        B.Expect(482, "MESSAGE");
        B.Reply(spiral, 200);
        B.Expect(200);
        B.Reply(atB, 200);
        A.Expect(200);
    }

    [Fact]
    public void C039_what_follows_Content_Length_is_cut_off()
    {
        RegisterB();
        A.Send(A.Request("MESSAGE", "sip:b@home.test").With("0123456789" + new string('x', 40), "text/plain").Set("Content-Length", "10"));
        var atB = B.Expect("MESSAGE");
        Assert.Equal("0123456789", atB.Body);
        B.Reply(atB, 200);
        A.Expect(200);
    }

    private static List<string> Fields(WireMessage message) =>
        [.. message.ToString().Split("\r\n").Skip(1).Where(line => !s_ours.Any(name => line.StartsWith(name + ":", StringComparison.Ordinal)))];

    private void AssertBodyPasses(WireMessage request)
    {
        A.Send(request);
        var atB = B.Expect("MESSAGE");
        Assert.Equal(Digest(request.Body), Digest(atB.Body));
        Assert.Equal(request.Body.Length.ToString(), atB["Content-Length"]);
        Assert.Equal(request.Lines("Content-Type"), atB.Lines("Content-Type"));
        B.Reply(atB, 200);
        A.Expect(200);
    }

    private static string Digest(string body) => Convert.ToHexString(SHA256.HashData(Encoding.Latin1.GetBytes(body)));

    private void AssertLeadsToProxy(string recordRoute)
    {
        var uri = WireText.Uri(recordRoute);
        Assert.StartsWith("sip:", uri);
        Assert.NotNull(WireText.UriParam(uri, "lr"));
        Assert.Equal(Bed.Proxy, WireText.HostPort(uri));
    }
}
