using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Conformance;

/// <summary>Group A of the checklist, part 2: finer points of taking a request.</summary>
public sealed class AcceptingRequestsFiner : ConformanceTest
{
    [Fact]
    public void C121_Route_lines_and_a_Route_list_are_the_same()
    {
        string[] values = ["<sip:127.0.0.1;lr>", "<sip:127.0.0.3;lr>", "\"next, please\" <sip:next.test;lr;x=1>;y=\"a,b\""];
        string[][] ways = [values, [string.Join(", ", values)], [values[0], $"{values[1]},{values[2]}"], [$"{values[0]}  ,  {values[1]}", values[2]]];
        foreach (var way in ways)
        {
            var request = A.Request("MESSAGE", "sip:x@far.test");
            Array.ForEach(way, line => request.Add("Route", line));
            A.Send(request);
            var atB = B.Expect("MESSAGE");
            Assert.Equal(values[1..], atB.All("Route"));
            B.Reply(atB, 200);
            A.Expect(200);
        }
    }

    [Fact]
    public void C122_OPTIONS_that_may_go_no_further_is_answered_here()
    {
        RegisterB();
        A.Send(A.Request("OPTIONS", "sip:b@home.test").Set("Max-Forwards", "0"));
        var answer = A.Next();
        Assert.Contains(answer.Status, (int[])[200, 483]);
        Assert.NotNull(answer.ToTag);
        B.Silence();
    }

    [Fact]
    public void C123_another_version_gets_505()
    {
        RegisterB();
        var request = A.Request("OPTIONS", "sip:b@home.test");
        request.StartLine = "OPTIONS sip:b@home.test SIP/7.0";
        A.Send(request);
        A.Expect(505, "OPTIONS");
        B.Silence();
    }

    [Fact]
    public void C123_the_version_is_read_in_any_case_and_sent_in_upper_case()
    {
        RegisterB();
        var request = A.Request("OPTIONS", "sip:b@home.test");
        request.StartLine = "OPTIONS sip:b@home.test sip/2.0";
        A.Send(request);
        var atB = B.Expect("OPTIONS");
        Assert.EndsWith(" SIP/2.0", atB.StartLine);
        B.Reply(atB, 200);
        A.Expect(200);
    }

    [Theory]
    [InlineData("4294967296")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("")]
    public void C124_a_CSeq_that_is_no_32_bit_number_gets_400(string number)
    {
        RegisterB();
        A.Send(A.Request("OPTIONS", "sip:b@home.test").Set("CSeq", $"{number} OPTIONS"));
        Assert.Equal(400, A.Next().Status);
        B.Silence();
    }

    [Theory]
    [InlineData("0")]
    [InlineData("2147483647")]
    public void C124_the_ends_of_the_range_are_accepted(string number)
    {
        RegisterB();
        A.Send(A.Request("OPTIONS", "sip:b@home.test").Set("CSeq", $"{number} OPTIONS"));
        var atB = B.Expect("OPTIONS");
        Assert.Equal($"{number} OPTIONS", atB["CSeq"]);
        B.Reply(atB, 200);
        A.Expect(200);
    }

    [Theory]
    [InlineData("REGISTER", "sip:127.0.0.1")]
    [InlineData("PUBLISH", "sip:home.test")]
    [InlineData("SUBSCRIBE", "sip:home.test")]
    [InlineData("INVITE", "sip:127.0.0.1")]
    public void C125_a_request_to_ourselves_is_always_answered(string method, string uri)
    {
        A.Ask(method, uri);
        var answer = A.Next();
        Assert.InRange(answer.Status, 200, 599);
    }
}
