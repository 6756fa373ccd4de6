using System.Text;
using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Tests.Conformance;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Traps;

/// <summary>What the operator's log is told is so, and nothing that happens to a call is left out.</summary>
public class OperatorRecords : ConformanceTest
{
    [Fact]
    public void A_response_names_the_request_that_it_answers()
    {
        RegisterB();
        var records = Watch();
        var (_, atB) = Invite();
        B.Reply(atB, 486);
        B.Expect("ACK");
        A.Expect(486);
        Assert.Equal(
            ["Rx INVITE sip:b@home.test SIP/2.0", "Tx SIP/2.0 100 Trying|INVITE", "Fwd INVITE|sip:b@127.0.0.3:5060", "Rx SIP/2.0 486 Reason486|INVITE",
                "Fwd ACK|sip:b@127.0.0.3:5060", "Tx SIP/2.0 486 Reason486|INVITE"],
            records().Select(Text));
    }

    [Fact]
    public void A_branch_that_comes_back_undeliverable_is_told()
    {
        Bed.ReportClosedPorts();
        var records = Watch();
        ExpectFinalOfX("INVITE", "sip:x@127.0.0.5:5060");
        var fail = Assert.Single(records(), static r => r.Verb == DecisionVerb.Fail);
        Assert.Equal((FailureReason.Unreachable, "127.0.0.5:5060"), (fail.Failure, fail.Flow.Remote.ToString()));
        Assert.Equal("Fail INVITE|sip:x@127.0.0.5:5060", Text(fail));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    public void A_name_without_an_address_is_told(long delay)
    {
        Bed.SetHost("nowhere.test", null, delay);
        var records = Watch();
        ExpectFinalOfX("INVITE", "sip:x@nowhere.test");
        var fail = Assert.Single(records(), static r => r.Verb == DecisionVerb.Fail);
        Assert.Equal(FailureReason.NoAddress, fail.Failure);
        Assert.Equal("Fail INVITE|nowhere.test", Text(fail));
    }

    /// <summary>The words name --domain (Host.Tests, DecisionTextTests).</summary>
    [Theory]
    [InlineData("REGISTER", "sip:proxy.lab", 0)]
    [InlineData("REGISTER", "sip:proxy.lab", 50)]
    [InlineData("MESSAGE", "sip:b@proxy.lab", 0)]
    public void A_name_that_leads_to_us_and_is_not_served_is_told(string method, string uri, long delay)
    {
        Bed.SetHost("proxy.lab", "127.0.0.1", delay);
        var records = Watch();
        A.Ask(method, uri);
        A.Expect(404, method);
        var fail = Assert.Single(records(), static r => r.Verb == DecisionVerb.Fail);
        Assert.Equal(FailureReason.NotServed, fail.Failure);
        Assert.Equal($"Fail {method}|proxy.lab", Text(fail));
    }

    [Theory]
    [InlineData("Route", FailureReason.SipsNotAllowed)]
    [InlineData("Path", FailureReason.SipsRequired)]
    public void A_way_that_wants_a_secure_transport_is_told(string way, FailureReason reason)
    {
        var register = RegisterRequest(B, "b", B.Contact);
        B.Send(way == "Path" ? register.Add("Path", "<sips:127.0.0.4;lr>") : register);
        B.Expect(200);
        var records = Watch();
        var message = A.Request("MESSAGE", "sip:b@home.test");
        A.Send(way == "Route" ? message.Add("Route", "<sips:127.0.0.4;lr>") : message);
        A.Expect(480);
        Assert.Equal(reason, Assert.Single(records(), static r => r.Verb == DecisionVerb.Fail).Failure);
    }

    [Fact]
    public void Timer_C_that_only_cancels_is_not_told_as_an_end()
    {
        Start(static options => options.TimerC = 10);
        RegisterB();
        var records = Watch();
        var (invite, atB) = Invite();
        B.Reply(atB, 180);
        A.Expect(180);
        B.Expect("CANCEL", 11_000);
        Assert.Equal([TimerTag.C], records().Where(static r => r.Verb == DecisionVerb.Timer && r.Timer != TimerTag.Cleanup).Select(static r => r.Timer));

        // RFC 3261 §9.1: nobody answers the CANCEL, and 64*T1 later the branch really ends.
        var final = A.Next(40_000);
        A.AckNon2xx(invite, final);
        Bed.Pass(1000);
        Assert.Contains(TimerTag.H, records().Select(static r => r.Timer));
        B.Drain(0);
    }

    [Fact]
    public void A_final_response_without_an_ACK_is_told_as_that()
    {
        RegisterB();
        var (_, atB) = Invite();
        B.Reply(atB, 404);
        B.Expect("ACK");
        A.Drain(0);
        var records = Watch();
        A.Drain(33_000);
        var told = Assert.Single(records(), static r => r.Timer == TimerTag.H);
        Assert.Equal(FailureReason.NoAck, told.Failure);
    }

    private static string Text(DecisionRecord record) =>
        $"{record.Verb} {Encoding.ASCII.GetString(record.Text)}{(record.Detail.IsEmpty ? "" : "|" + Encoding.ASCII.GetString(record.Detail))}";

    private void ExpectFinalOfX(string method, string uri)
    {
        var request = A.Ask(method, uri);
        A.Expect(100);
        A.AckNon2xx(request, A.Next(2000));
    }

    /// <summary>Begins to watch; the result takes what was written since.</summary>
    private Func<List<DecisionRecord>> Watch()
    {
        var logs = ((SimTestBed)Bed).Engine.Shards.Select(static shard => shard.Decisions).ToList();
        logs.ForEach(static log => log.IsWatched = true);
        return () =>
        {
            var records = new List<DecisionRecord>();
            foreach (var log in logs)
            {
                while (log.TryRead(out var record))
                {
                    records.Add(record);
                }
            }

            return records;
        };
    }
}
