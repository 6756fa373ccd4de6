using ImsSipFast.Engine.Tests.Conformance;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Traps;

/// <summary>
/// A shard that throws all the same: that call ends, its caller is told, nothing of it is left (the ledger at the end of
/// each case), and the next call is served. The exceptions come out of the sender and the resolver, at each of their
/// calls in turn, so that every piece of code that sends is cut short once.
/// </summary>
public class ShardFaults : ConformanceTest
{
    private SimEngine Engine => ((SimTestBed)Bed).Engine;

    /// <summary>Which flow, and at which of its sends the sender throws; 0 is past the last one.</summary>
    public static TheoryData<string, int> EverySend
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var (flow, sends) in ((string, int)[])
                [("call", 12), ("refused", 10), ("cancelled", 10), ("forked", 14), ("unanswered", 14), ("message", 4), ("silent", 14), ("undeliverable", 4)])
            {
                for (var send = 1; send <= sends; send++)
                {
                    data.Add(flow, send);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(EverySend))]
    public void An_exception_at_any_send_leaves_nothing_behind(string flow, int send)
    {
        Register(B, "b", "<sip:b@127.0.0.3:5060>");
        RegisterFork();
        Engine.Faults = [];
        var sends = 0;
        Engine.BeforeSend = () =>
        {
            if (++sends == send)
            {
                throw new InvalidOperationException("injected");
            }
        };
        Play(flow);
        Engine.BeforeSend = null;
        Assert.InRange(Engine.Faults.Count, sends < send ? 0 : 1, 1);
        Assert.All(Engine.Faults, static fault => Assert.Matches("[A-Z]+ with Call-ID call-", fault.Work));

        // The next one is served.
        Bed.Pass(400_000);
        B.Drain(0);
        A.Drain(0);
        A.Ask("OPTIONS", "sip:home.test");
        A.Expect(200);
    }

    /// <summary>The sender throws from some send on for the whole flow: even the 500 cannot be sent.</summary>
    [Theory]
    [InlineData("call")]
    [InlineData("refused")]
    [InlineData("cancelled")]
    [InlineData("forked")]
    [InlineData("silent")]
    public void A_sender_that_always_throws_leaves_nothing_behind(string flow)
    {
        RegisterB();
        RegisterFork();
        for (var first = 1; first < 6; first++)
        {
            Engine.Faults = [];
            var sends = 0;
            Engine.BeforeSend = () =>
            {
                if (++sends >= first)
                {
                    throw new InvalidOperationException("injected");
                }
            };
            Play(flow);
            Bed.Pass(400_000);
            Engine.BeforeSend = null;
            Assert.NotEmpty(Engine.Faults);
        }
    }

    [Theory]
    [InlineData("INVITE")]
    [InlineData("MESSAGE")]
    [InlineData("OPTIONS")]
    public void The_caller_whose_request_meets_a_fault_gets_500(string method)
    {
        Engine.Faults = [];
        Bed.SetHost("throws.test", "127.0.0.3");
        ((SimTestBed)Bed).Hosts.OnResolve = static () => throw new InvalidOperationException("injected");
        var request = A.Ask(method, "sip:b@throws.test");
        if (method == "INVITE")
        {
            A.Expect(100);
        }

        var final = A.Expect(500, method);
        if (method == "INVITE")
        {
            A.AckNon2xx(request, final);
        }

        var (exception, work) = Assert.Single(Engine.Faults);
        Assert.Equal("injected", exception.Message);
        Assert.Equal($"{method} with Call-ID {request["Call-ID"]}", work);
        Assert.Equal(1, Engine.Sum().Dropped(Diagnostics.DropReason.Fault));
        A.Silence(40_000);
    }

    [Fact]
    public void A_fault_before_there_is_a_transaction_is_answered_and_the_ACK_absorbed()
    {
        Engine.Faults = [];
        var sends = 0;
        Engine.BeforeSend = () =>
        {
            if (++sends == 1)
            {
                throw new InvalidOperationException("injected");
            }
        };
        var invite = A.Ask("INVITE", "sip:nobody@home.test");
        A.AckNon2xx(invite, A.Expect(500, "INVITE"));
        A.Silence(40_000);
    }

    [Fact]
    public void A_callee_that_rings_when_the_fault_comes_is_cancelled()
    {
        RegisterB();
        var (invite, atB) = Invite();
        B.Reply(atB, 180);
        A.Expect(180);
        Engine.Faults = [];
        var isFirst = true;
        Engine.BeforeSend = () =>
        {
            if (isFirst)
            {
                isFirst = false;
                throw new InvalidOperationException("injected");
            }
        };
        B.Reply(atB, 183);
        A.AckNon2xx(invite, A.Expect(500, "INVITE"));
        var cancel = B.Expect("CANCEL");
        B.Reply(cancel, 200);
        B.Reply(atB, 487);
        B.Expect("ACK");
        A.Silence(40_000);
    }

    [Fact]
    public void A_fault_of_a_look_up_or_a_notice_does_not_upset_the_balance()
    {
        Engine.Faults = [];
        Bed.ReportClosedPorts();
        Bed.SetHost("slow.test", "127.0.0.3", 300);
        A.Ask("MESSAGE", "sip:b@slow.test");
        Bed.Pass(100);
        Engine.BeforeSend = () =>
        {
            Engine.BeforeSend = null;
            throw new InvalidOperationException("injected");
        };
        A.Expect(500, "MESSAGE", 1000);
        Assert.StartsWith("a look-up for MESSAGE with Call-ID ", Assert.Single(Engine.Faults).Work, StringComparison.Ordinal);

        A.Ask("MESSAGE", "sip:b@127.0.0.9:5060");
        Engine.BeforeSend = () =>
        {
            // The first send is the MESSAGE, the second the answer to the notice.
            Engine.BeforeSend = static () => throw new InvalidOperationException("injected");
        };
        Bed.Pass(50);
        Engine.BeforeSend = null;
        Bed.Pass(50_000);
        Assert.Equal(0, Engine.Sum().Dropped(Diagnostics.DropReason.Fault));
        A.Drain(0);
    }

    private void Play(string flow)
    {
        switch (flow)
        {
            case "call":
                var invite = A.Ask("INVITE", "sip:b@home.test");
                Serve(B, 180, 200);
                foreach (var ok in A.Drain(200).Where(static m => m is { IsRequest: false, Status: 200 }))
                {
                    A.Ack(invite, ok);
                    A.Send(A.Within("BYE", invite, ok));
                }

                Serve(B, 200);
                break;
            case "refused":
                A.Ask("INVITE", "sip:b@home.test");
                Serve(B, 180, 486);
                break;
            case "cancelled":
                var cancelled = A.Ask("INVITE", "sip:b@home.test");
                Serve(B, 180);
                A.Cancel(cancelled);
                Serve(B, 200);
                break;
            case "forked":
                A.Ask("INVITE", "sip:fork@home.test");
                Serve(B, 180, 401);
                Serve(C, 180, 200);
                break;
            case "unanswered":
                A.Ask("INVITE", "sip:fork@home.test");
                Serve(B, 180);
                break;
            case "message":
                A.Ask("MESSAGE", "sip:b@home.test");
                Serve(B, 200);
                break;
            case "silent":
                A.Ask("MESSAGE", "sip:fork@home.test");
                break;
            default:
                Bed.ReportClosedPorts();
                A.Ask("INVITE", "sip:x@127.0.0.8:5060");
                break;
        }

        Bed.Pass(400_000);
    }

    /// <summary>Answers each request that has come with these, whatever has come; a CANCEL with 200 and its INVITE with 487.</summary>
    private void Serve(SimUserAgent agent, params int[] statuses)
    {
        foreach (var request in agent.Drain(200).Where(static m => m.IsRequest && m.Method != "ACK"))
        {
            foreach (var status in request.Method == "CANCEL" ? [200] : statuses)
            {
                agent.Reply(request, status);
                Bed.Pass(50);
            }
        }
    }
}
