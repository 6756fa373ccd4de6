using System.Text;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Tests.Wire;

/// <summary>What a proxy under test may send is read, however it is written.</summary>
public sealed class SipViewTests
{
    private const string Compact =
        "INVITE sip:b@h SIP/2.0\nv:SIP/2.0/UDP a;branch=z9hG4bK1 ,\n\tSIP/2.0/UDP b:5061 ; rport; branch = z9hG4bK2\n"
        + "Via : SIP/2.0/UDP c;branch=z9hG4bK3\nf: \"A;tag=\\\"no, <x>\" <sip:a@h;tag=uri>;x=\"q;tag=q\" ; TAG = yes\nt:sip:b@h;tag=t\n"
        + "i:call\nCSEQ:  42\n  INVITE\nm:\"x,y\" <sip:m@1.2.3.4:5>;q=1, <sip:n@h>\nl:0\nRECORD-ROUTE:<sip:r1;lr>,<sip:r2;x=\"1,2\";lr>\n\n";

    [Fact]
    public void Compact_folded_and_comma_separated_headers_are_read()
    {
        var view = Scan(Compact);
        Assert.True(view.IsRequest);
        Assert.Equal(Method.Invite, view.Method);
        Assert.Equal("sip:b@h", Text(view, view.RequestUri));
        Assert.Equal(2, view.Vias.Count);
        Assert.Equal("z9hG4bK1", Text(view, view.Branch));
        Assert.Equal("yes", Text(view, view.FromTag));
        Assert.Equal("t", Text(view, view.ToTag));
        Assert.Equal("call", Text(view, view.CallId));
        Assert.Equal(42u, view.CSeq);
        Assert.Equal("sip:m@1.2.3.4:5", Text(view, Parameters.UriOf(view.Bytes, CommaList.First(view.Bytes, view.Contact))));
    }

    [Fact]
    public void The_route_set_of_either_end_is_the_Record_Route_in_its_order()
    {
        var view = Scan(Compact);
        Span<byte> to = stackalloc byte[1024];
        var length = RouteSet.Write(to, view, reversed: false, out var target, out var next);
        Assert.Equal("Route: <sip:r1;lr>, <sip:r2;x=\"1,2\";lr>\r\n", Encoding.ASCII.GetString(to[..length]));
        Assert.Equal("sip:m@1.2.3.4:5", Text(view, target));
        Assert.Equal("sip:r1;lr", Text(view, next));
        length = RouteSet.Write(to, view, reversed: true, out _, out next);
        Assert.Equal("Route: <sip:r2;x=\"1,2\";lr>, <sip:r1;lr>\r\n", Encoding.ASCII.GetString(to[..length]));
        Assert.Equal("sip:r2;x=\"1,2\";lr", Text(view, next));
    }

    [Fact]
    public void Every_prefix_of_a_message_is_understood_or_not_but_breaks_nothing()
    {
        for (var length = 0; length < Compact.Length; length++)
        {
            var bytes = Encoding.ASCII.GetBytes(Compact[..length]);
            Assert.False(SipView.TryScan(bytes, out _));
        }
    }

    [Fact]
    public void Any_octet_changed_breaks_nothing()
    {
        var bytes = Encoding.ASCII.GetBytes(Compact);
        Span<byte> to = new byte[4096];
        for (var i = 0; i < bytes.Length; i++)
        {
            var old = bytes[i];
            foreach (var octet in " \r\n:;,<>\"\\=\0\u00ff@"u8)
            {
                bytes[i] = octet;
                if (SipView.TryScan(bytes, out var view))
                {
                    RouteSet.Write(to, view, reversed: true, out _, out _);
                    ResponseHead.Write(to, view, Peer.V4(1, 2), "tag"u8);
                }
            }

            bytes[i] = old;
        }
    }

    [Fact]
    public void A_path_longer_than_any_is_not_understood()
    {
        var vias = string.Concat(Enumerable.Repeat("Via: SIP/2.0/UDP h;branch=z9hG4bKx\r\n", SliceList.Capacity + 1));
        Assert.False(SipView.TryScan(Encoding.ASCII.GetBytes(
            $"SIP/2.0 200 OK\r\n{vias}From: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\nCall-ID: 1\r\nCSeq: 1 BYE\r\n\r\n"), out _));
    }

    [Theory]
    [InlineData("sip:a@192.0.2.1", "192.0.2.1:5060")]
    [InlineData("sip:192.0.2.1:5070;lr", "192.0.2.1:5070")]
    [InlineData("sip:a:b@192.0.2.1:5070;transport=udp?x=y", "192.0.2.1:5070")]
    [InlineData("sip:a@[2001:db8::1]:5070;lr", "[2001:db8::1]:5070")]
    [InlineData("sip:a@[2001:db8::1]", "[2001:db8::1]:5060")]
    [InlineData("sip:a@example.com", null)]
    [InlineData("sip:a@192.0.2.256", null)]
    [InlineData("sip:a@192.0.2", null)]
    [InlineData("sip:a@192.0.2.1:0", null)]
    [InlineData("tel", null)]
    public void A_URI_leads_to_an_address_or_nowhere(string uri, string? expected)
    {
        var known = HostPort.TryRead(Encoding.ASCII.GetBytes(uri), out var peer);
        Assert.Equal(expected, known ? peer.ToString() : null);
    }

    private static SipView Scan(string text)
    {
        Assert.True(SipView.TryScan(Encoding.ASCII.GetBytes(text), out var view));
        return view;
    }

    private static string Text(in SipView view, Slice slice) => Encoding.ASCII.GetString(view[slice]);
}
