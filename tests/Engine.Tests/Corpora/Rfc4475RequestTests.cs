using System.Text;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Corpora;

/// <summary>What a verdict alone does not say of the requests of RFC 4475: where they go, and what exactly comes out.</summary>
public sealed class Rfc4475RequestTests
{
    [Fact]
    public void S3_1_1_1_wsinv_goes_along_its_Route_with_four_Vias()
    {
        var (message, to) = Forward(TortureBed.Pure(), "wsinv");
        Assert.Equal($"{TortureBed.ServerHost}:5060", to);
        Assert.Equal("sip:vivekg@chair-dnrc.example.com;unknownparam", message.RequestUri);
        Assert.Equal("67", message["Max-Forwards"]);
        var vias = RawMessage.Read(message.Octets).Values("Via");
        Assert.Equal(4, vias.Count);
        Assert.StartsWith($"SIP/2.0/UDP {TortureBed.Proxy};", vias[0]);
        Assert.Contains("192.0.2.2", vias[1]);
        Assert.Contains("spindle.example.com", vias[2]);
        Assert.Contains("192.168.255.111", vias[3]);

        // lr is among its parameters, so the Route stays for its owner to take off.
        Assert.Equal(["<sip:services.example.com;lr;unknownwith=value;unknown-no-value>"], message.All("Route").Select(static r => r.Trim()));
        Assert.Equal(";;,,;;,;", message["UnknownHeaderWithUnusualValue"]);
    }

    [Theory]
    [InlineData("esc01", "sip:sips%3Auser%40example.com@example.net", "example.net")]
    [InlineData("semiuri", "sip:user;par=u%40example.net@example.com", "example.com")]
    [InlineData("intmeth", "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com", "example.com")]
    [InlineData("esc02", "sip:registrar.example.com", "registrar.example.com")]
    [InlineData("unksm2", "sip:example.com", "example.com")]
    public void The_Request_URI_leaves_as_it_came_and_its_host_is_asked_for(string file, string uri, string host)
    {
        var bed = TortureBed.Pure();
        var (message, _) = Forward(bed, file);
        Assert.Equal(uri, message.RequestUri);
        Assert.Equal([host], bed.Bed.Hosts.Asked);
    }

    [Fact]
    public void S3_1_1_7_longreq_keeps_its_34_Vias_and_its_body()
    {
        var (message, _) = Forward(TortureBed.Pure(), "longreq");
        Assert.Equal(35, message.Vias.Count);
        Assert.Equal(Enumerable.Range(1, 33).Reverse().Select(static i => $"sip{i}.example.com"), message.Vias.Skip(1).Take(33).Select(WireText.SentBy));
        Assert.Equal(150, message.Body.Length);
    }

    [Fact]
    public void S3_1_1_8_dblreq_is_one_request_and_what_follows_is_none()
    {
        var bed = TortureBed.Home();
        var before = bed.Bed.Engine.Sum().Registrations;
        Assert.Equal("200", bed.Send(Rfc4475Cases.Read("dblreq")));
        Assert.Equal(before + 1, bed.Bed.Engine.Sum().Registrations);
        Assert.Equal(["<sip:j.user@host.example.com>;expires=3600"], bed.Answer().All("Contact"));
        Assert.Equal(0, bed.Bed.Engine.Sum().TransactionsCreated);
    }

    [Fact]
    public void S3_1_1_11_mpart01_goes_to_its_strict_router_with_its_octets_intact()
    {
        var bed = TortureBed.Pure();
        var octets = Rfc4475Cases.Read("mpart01");
        Assert.Equal("forwarded", bed.Send(octets, 5070));
        var (message, to) = bed.Forwarded();
        Assert.Equal("127.0.0.1:5080", to);
        Assert.Equal("sip:127.0.0.1:5080", message.RequestUri);
        Assert.Equal(["<sip:kumiko@example.org>"], message.All("Route"));
        Assert.EndsWith(";rport=5070", message.Vias[1]);
        Assert.Equal(octets[^553..], message.Octets[^553..]);
    }

    [Fact]
    public void S3_2_1_two_requests_with_a_branch_of_the_cookie_alone_are_two()
    {
        var bed = TortureBed.Pure();
        var one = Encoding.Latin1.GetString(Rfc4475Cases.Read("badbranch"));
        var other = one.Replace("badbranch.sadonfo23i420jv0as0derf3j3n", "another", StringComparison.Ordinal);
        Assert.Equal("forwarded", bed.Send(Encoding.Latin1.GetBytes(one)));
        var first = bed.Forwarded().Message.Branch;
        Assert.Equal("forwarded", bed.Send(Encoding.Latin1.GetBytes(other)));
        Assert.NotEqual(first, bed.Forwarded().Message.Branch);

        // And each is known again.
        Assert.Equal("absorbed", bed.Send(Encoding.Latin1.GetBytes(one)));
        Assert.Equal("absorbed", bed.Send(Encoding.Latin1.GetBytes(other)));
    }

    [Fact]
    public void S3_3_5_bext01_is_told_what_a_proxy_does_not_support()
    {
        var bed = TortureBed.Pure();
        Assert.Equal("420", bed.Send(Rfc4475Cases.Read("bext01")));
        Assert.Equal(["noProxiesSupportThis", "norDoAnyProxiesSupportThis"], bed.Answer().All("Unsupported"));
    }

    [Fact]
    public void S3_3_7_regaut01_passes_its_unknown_Authorization_on()
    {
        var (message, _) = Forward(TortureBed.Pure(), "regaut01");
        Assert.Equal("NoOneKnowsThisScheme opaque-data=here", message["Authorization"]);
    }

    [Fact]
    public void S3_4_1_inv2543_gets_a_Max_Forwards_and_our_Record_Route_above_its_own()
    {
        var (message, _) = Forward(TortureBed.Pure(), "inv2543");
        Assert.Equal("70", message["Max-Forwards"]);
        var routes = message.All("Record-Route");
        Assert.Equal(2, routes.Count);
        Assert.EndsWith($"@{TortureBed.Proxy};lr>", routes[0]);
        Assert.Equal("<sip:UserB@example.com;maddr=ss1.example.com>", routes[1]);
        Assert.Equal(105, message.Body.Length);
    }

    [Theory]
    [InlineData("insuf")]
    [InlineData("multi01")]
    [InlineData("mcl01")]
    [InlineData("clerr")]
    public void A_400_says_what_is_wrong_and_starts_nothing(string file)
    {
        var bed = TortureBed.Pure();
        Assert.Equal("400", bed.Send(Rfc4475Cases.Read(file)));
        Assert.NotEqual("Bad Request", bed.Answer().Reason);
        Assert.Equal(0, bed.Bed.Engine.Sum().TransactionsCreated);

        // One datagram in, at most one out: the same one again gets the same answer (RFC 3261 §8.2.7).
        var first = bed.Answer().Octets;
        Assert.Equal("400", bed.Send(Rfc4475Cases.Read(file)));
        Assert.Equal(first, bed.Answer().Octets);
    }

    private static (WireMessage Message, string To) Forward(TortureBed bed, string file)
    {
        Assert.Equal("forwarded", bed.Send(Rfc4475Cases.Read(file)));
        return bed.Forwarded();
    }
}
