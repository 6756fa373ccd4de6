using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Conformance;

/// <summary>Group A of the checklist: what the proxy takes as a request (RFC 3261 §7, §8.2, §16.3).</summary>
public sealed class AcceptingRequests : ConformanceTest
{
    [Fact]
    public void C001_compact_names_odd_case_and_folded_lines_are_read_alike()
    {
        RegisterB();
        A.Send(
            "INVITE sip:b@home.test SIP/2.0\r\n"
            + "v: SIP/2.0/UDP 127.0.0.2:5060\r\n ;branch=z9hG4bKc001\r\n"
            + "f:   \"A\"\r\n\t<sip:a@home.test>;tag=c1\r\n"
            + "t  :\t<sip:b@home.test>\r\n"
            + "i: c001@127.0.0.2\r\n"
            + "m: <sip:a@127.0.0.2:5060>\r\n"
            + "cSeQ: 7 INVITE\r\n"
            + "mAX-fORWARDS: 70\r\n"
            + "s: folded\r\n  subject\r\n"
            + "k: replaces\r\n"
            + "c: application/sdp\r\n"
            + "l: 5\r\n\r\n"
            + "v=0\r\n");
        A.Expect(100);
        var atB = B.Expect("INVITE");
        Assert.Equal("c001@127.0.0.2", atB["Call-ID"]);
        Assert.Equal("c1", WireText.Param(atB["From"], "tag"));
        Assert.Null(atB.ToTag);
        Assert.Equal("7 INVITE", atB["CSeq"]);
        Assert.Equal("v=0\r\n", atB.Body);
        Assert.Equal("69", atB["Max-Forwards"]);
        B.Reply(atB, 180);
        A.Expect(180);

        // The same in long form is the same transaction: absorbed, and the last provisional again.
        A.Send(
            "INVITE sip:b@home.test SIP/2.0\r\n"
            + "Via: SIP/2.0/UDP 127.0.0.2:5060;branch=z9hG4bKc001\r\n"
            + "From: \"A\" <sip:a@home.test>;tag=c1\r\n"
            + "To: <sip:b@home.test>\r\n"
            + "Call-ID: c001@127.0.0.2\r\n"
            + "Contact: <sip:a@127.0.0.2:5060>\r\n"
            + "CSeq: 7 INVITE\r\n"
            + "Max-Forwards: 70\r\n"
            + "Content-Length: 0\r\n\r\n");
        A.Expect(180);
        B.Silence();
    }

    [Fact]
    public void C002_what_a_proxy_need_not_understand_passes_unchanged()
    {
        RegisterB();
        (string Name, string Value)[] odd =
        [
            ("Date", "Fri, 01 Jan 2010 16:00:00 EST"), ("Expires", "soon"), ("Warning", "x"), ("Subject", "\u00FF\u00FE\u00C3("), ("X-Foo", ""),
        ];
        var invite = A.Request("INVITE", "sip:b@home.test");
        foreach (var (name, value) in odd)
        {
            invite.Add(name, value);
        }

        var (_, atB) = Invite(invite);
        Assert.All(odd, field => Assert.Equal([field.Value], atB.Lines(field.Name)));
    }

    [Fact]
    public void C003_an_unknown_method_is_forwarded_like_any_non_INVITE()
    {
        RegisterB();
        A.Ask("FROBNICATE", "sip:b@home.test");
        var atB = B.Expect("FROBNICATE");
        Assert.Equal("1 FROBNICATE", atB["CSeq"]);
        B.Reply(atB, 200);
        A.Expect(200, "FROBNICATE");
    }

    [Theory]
    [InlineData("INVITE")]
    [InlineData("OPTIONS")]
    public void C004_an_unknown_URI_scheme_gets_416(string method)
    {
        RegisterB();
        A.Send(A.Request(method, "nobodyknowsthis:x").Set("To", "<sip:b@home.test>"));
        A.Expect(416, method);
        B.Silence();
    }

    [Theory]
    [InlineData("INVITE")]
    [InlineData("BYE")]
    [InlineData("MESSAGE")]
    [InlineData("REGISTER")]
    public void C005_Max_Forwards_0_gets_483(string method)
    {
        Bed.SetHost("far.test", B.Host);
        A.Send(A.Request(method, "sip:x@far.test").Set("Max-Forwards", "0"));
        A.Expect(483, method);
        B.Silence();
    }

    [Theory]
    [InlineData("1", "0")]
    [InlineData("2", "1")]
    [InlineData("70", "69")]
    [InlineData("255", "254")]
    public void C006_Max_Forwards_goes_down_by_one(string received, string sent)
    {
        RegisterB();
        A.Send(A.Request("MESSAGE", "sip:b@home.test").Set("Max-Forwards", received));
        var atB = B.Expect("MESSAGE");
        Assert.Equal([sent], atB.Lines("Max-Forwards"));
        B.Reply(atB, 200);
        A.Expect(200);
    }

    [Fact]
    public void C007_a_missing_Max_Forwards_becomes_70()
    {
        RegisterB();
        A.Send(A.Request("MESSAGE", "sip:b@home.test").Remove("Max-Forwards"));
        var atB = B.Expect("MESSAGE");
        Assert.Equal(["70"], atB.Lines("Max-Forwards"));
        B.Reply(atB, 200);
        A.Expect(200);
    }

    [Fact]
    public void C008_an_unknown_Proxy_Require_gets_420_that_names_it()
    {
        RegisterB();
        var invite = A.Send(A.Request("INVITE", "sip:b@home.test").Set("Proxy-Require", "foo, bar"));
        var answer = A.Expect(420, "INVITE");
        Assert.Equal(["foo", "bar"], answer.All("Unsupported"));
        A.AckNon2xx(invite, answer);
        B.Silence();
    }

    /// <summary>RFC 3261 §8.2.2.3: in a CANCEL and in the ACK of a non-2xx, Require and Proxy-Require are ignored.</summary>
    [Fact]
    public void C009_Require_in_CANCEL_and_in_the_ACK_of_a_non_2xx_is_ignored()
    {
        RegisterB();
        var (invite, atB) = Invite();
        B.Reply(atB, 180);
        A.Expect(180);
        A.Send(A.CancelOf(invite).Set("Require", "foo").Set("Proxy-Require", "foo"));
        A.Expect(200, "CANCEL");
        B.Reply(B.Expect("CANCEL"), 200);
        B.Reply(atB, 487);
        B.Expect("ACK");
        var final = A.Expect(487, "INVITE");
        A.Send(A.AckNon2xxOf(invite, final).Set("Require", "foo").Set("Proxy-Require", "foo"));
        A.Silence(5000);
    }

    /// <summary>RFC 3261 §8.2.2.3: a server that is asked for an extension it lacks answers 420 with Unsupported.</summary>
    [Fact]
    public void C009_Require_in_a_request_to_ourselves_gets_420()
    {
        A.Send(A.Request("OPTIONS", "sip:home.test").Set("Require", "foo"));
        Assert.Equal(["foo"], A.Expect(420, "OPTIONS").All("Unsupported"));
    }

    [Fact]
    public void C010_Require_is_for_the_callee_and_passes_unchanged()
    {
        RegisterB();
        var (invite, atB) = Invite(A.Request("INVITE", "sip:b@home.test").Set("Require", "foo"));
        Assert.Equal(["foo"], atB.Lines("Require"));
        B.Send(B.Answer(atB, 420).Add("Unsupported", "foo"));
        Assert.Equal("foo", ExpectFinal(invite, 420)["Unsupported"]);
    }

    [Theory]
    [InlineData("To")]
    [InlineData("From")]
    [InlineData("Call-ID")]
    [InlineData("CSeq")]
    public void C011_a_missing_mandatory_header_gets_400(string name)
    {
        RegisterB();
        A.Send(A.Request("INVITE", "sip:b@home.test").Remove(name));
        Assert.Equal(400, A.Next().Status);
        A.Silence();
        B.Silence();
    }

    [Fact]
    public void C011_without_a_Via_there_is_nowhere_to_answer()
    {
        RegisterB();
        A.Send(A.Request("INVITE", "sip:b@home.test").Remove("Via"));
        A.Silence();
        B.Silence();
    }

    [Theory]
    [InlineData("INVITE", "1 OPTIONS", 400, 400)]
    [InlineData("OPTIONS", "1 INVITE", 400, 400)]
    [InlineData("FROBNICATE", "1 OPTIONS", 400, 501)]
    public void C012_a_CSeq_of_another_method_is_refused(string method, string cseq, int status, int orStatus)
    {
        RegisterB();
        A.Send(A.Request(method, "sip:b@home.test").Set("CSeq", cseq));
        Assert.Contains(A.Next().Status, (int[])[status, orStatus]);
        B.Silence();
    }

    /// <summary>RFC 3261 §7.3.1 allows several fields of one name for lists only; RFC 4475 §3.3.8 wants 400.</summary>
    [Theory]
    [InlineData("To", "<sip:other@home.test>")]
    [InlineData("From", "<sip:other@home.test>;tag=2")]
    [InlineData("Call-ID", "other@127.0.0.2")]
    [InlineData("CSeq", "2 INVITE")]
    [InlineData("Max-Forwards", "5")]
    public void C013_two_values_where_one_is_allowed_get_400(string name, string second)
    {
        RegisterB();
        A.Send(A.Request("INVITE", "sip:b@home.test").Add(name, second));
        Assert.Equal(400, A.Next().Status);
        B.Silence();
    }

    /// <summary>
    /// RFC 3261 §8.2.2.2: to refuse merged requests is for a UAS. A proxy (§16.3 names no such check) forwards a
    /// request that reached it by two paths twice: the branch makes two transactions of it.
    /// </summary>
    [Fact]
    public void C014_a_merged_request_is_forwarded_and_left_to_the_callee()
    {
        RegisterB();
        var (invite, first) = Invite();
        A.Send(invite.Copy().Set("Via", A.NewVia()));
        A.Expect(100);
        var second = B.Expect("INVITE");
        Assert.NotEqual(first.Branch, second.Branch);
        B.Reply(second, 482);
        B.Expect("ACK");
        A.Expect(482, "INVITE");
    }

    [Theory]
    [InlineData("404", "sip:doesnotexist@home.test", null, null)]
    [InlineData("483", "sip:b@home.test", "Max-Forwards", "0")]
    [InlineData("420", "sip:b@home.test", "Proxy-Require", "foo")]
    [InlineData("400", "sip:b@home.test", "CSeq", "1 OPTIONS")]
    public void C015_our_own_answer_copies_what_it_must(string status, string uri, string? name, string? value)
    {
        RegisterB();
        foreach (var toTag in (string[])["", ";tag=theirs"])
        {
            var request = A.Request("MESSAGE", uri);
            request.Set("Via", $"{request.Vias[0]}, SIP/2.0/TCP second.test;branch=z9hG4bKs2;received=10.0.0.2")
                .Set("To", request["To"] + toTag).Add("Via", "SIP/2.0/UDP [2001:db8::3]:5070;branch=z9hG4bKs3");
            if (name is not null)
            {
                request.Set(name, value!);
            }

            A.Send(request);
            var answer = A.Next();
            Assert.Equal(status, answer.StartLine.Split(' ')[1]);
            Assert.All((string[])["From", "Call-ID", "CSeq"], copied => Assert.Equal(request[copied], answer[copied]));
            Assert.StartsWith(request.Vias[0], answer.Vias[0]);
            Assert.Equal(request.Vias.Skip(1), answer.Vias.Skip(1));
            if (toTag.Length > 0)
            {
                Assert.Equal(request["To"], answer["To"]);
            }
            else
            {
                Assert.Equal(request["To"], answer["To"].Split(";tag=")[0]);
                Assert.False(string.IsNullOrEmpty(answer.ToTag));
            }

            // §8.2.7: stateless, so the answer to a retransmission must come out the same by derivation.
            A.Send(request);
            Assert.Equal(answer.ToString(), A.Next().ToString());
        }
    }

    [Fact]
    public void C016_a_stray_ACK_is_never_answered()
    {
        RegisterB();
        WireMessage Ack(string uri) => A.Request("ACK", uri).Set("To", "<sip:b@home.test>;tag=x");
        A.Send(Ack("sip:doesnotexist@home.test"));
        A.Send(Ack("sip:b@home.test").Set("Max-Forwards", "0"));
        A.Send(Ack("sip:b@home.test").Remove("Call-ID"));
        A.Send(Ack("nobodyknowsthis:x"));
        A.Send(Ack("sip:unresolvable.test"));
        A.Silence();
        B.Silence();

        // Refused without a word or passed on for the callee to judge: §16.3 step 5 has no answer for an ACK.
        A.Send(Ack("sip:b@home.test").Set("Proxy-Require", "foo"));
        A.Silence();
    }

    [Fact]
    public void C017_an_INVITE_gets_100_at_once_with_its_Timestamp_and_no_tag()
    {
        RegisterB();
        var sent = Bed.Now;
        A.Send(A.Request("INVITE", "sip:b@home.test").Set("Timestamp", "54"));
        var trying = A.Expect(100, "INVITE");
        Assert.InRange(trying.At, sent, sent + 200);
        Assert.Null(trying.ToTag);
        Assert.StartsWith("54", trying["Timestamp"]);
    }
}
