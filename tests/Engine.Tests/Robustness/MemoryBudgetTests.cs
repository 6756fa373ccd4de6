using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Robustness;

/// <summary>
/// What a flood makes the proxy keep is limited in octets, whatever the size of the messages; calls that are up go on
/// meanwhile; and afterwards the memory is given back.
/// </summary>
public sealed class MemoryBudgetTests
{
    private const long Limit = 4 << 20;

    private readonly SimTestBed _bed;
    private readonly SimUserAgent _a;
    private readonly SimUserAgent _b;
    private readonly SimUserAgent _registering;
    private int _refused;

    public MemoryBudgetTests()
    {
        var options = Fixtures.Options();
        options.Memory = Limit;
        _bed = new SimTestBed(options);
        _a = new SimUserAgent(_bed, _bed.Start("127.0.0.2:5060"), "a");
        _b = new SimUserAgent(_bed, _bed.Start("127.0.0.3:5060"), "b");
        _registering = new SimUserAgent(_bed, _bed.Start("127.0.0.4:5060"), "r");
        Register("b");
    }

    private EngineMetrics Metrics => _bed.Engine.Sum();

    [Fact]
    public void A_flood_of_long_INVITEs_to_a_silent_callee_is_refused_beyond_the_memory_and_leaves_nothing()
    {
        Flood(2_000, 4_200);

        // Two copies in 6 KiB each: some 270 calls fit into 7/8 of 4 MiB, and all others get 503.
        Assert.InRange(_refused, 1_500, 1_900);
        Assert.Equal(_refused, Metrics.RefusedForMemory);

        // Timer B ends them after 64*T1, and Timer H what nobody acknowledged.
        _bed.Pass(70_000);
        var bindings = Metrics.KeptOctets;
        Assert.InRange(bindings, 1, 1_000);
        Assert.Equal(0, Metrics.TransactionsAlive);
        Call();
        _bed.Verify();
    }

    [Fact]
    public void Idle_memory_is_given_back_after_a_flood()
    {
        Flood(500, 4_200);
        _bed.Pass(70_000);
        var peak = Metrics.IdleOctets;
        Assert.InRange(peak, Limit / 2, Limit);
        _bed.Pass(3_600_000 / 2);

        // Half a MiB of each size that was used stays for the next call.
        Assert.InRange(Metrics.IdleOctets, 1, Limit / 4);
        Assert.InRange(Metrics.ReleasedOctets, peak / 2, long.MaxValue);
        _bed.Verify();
    }

    [Fact]
    public void A_call_that_is_up_can_be_changed_and_ended_while_new_ones_get_503()
    {
        var (invite, ok) = Call();
        Flood(1_000, 4_200);
        _a.Send(_a.Request("MESSAGE", "sip:b@home.test"));
        Assert.NotNull(_a.Expect(503, "MESSAGE").Find("Retry-After"));

        _b.Drain(0);
        var change = _a.Send(_a.Within("INVITE", invite, ok).Set("Contact", _a.Contact));
        _b.Reply(_b.Expect("INVITE"), 200);
        _a.Expect(100);
        _a.Ack(change, _a.Expect(200, "INVITE"));
        _b.Expect("ACK");
        _a.Send(_a.Within("BYE", invite, ok));
        _b.Reply(_b.Expect("BYE"), 200);
        _a.Expect(200, "BYE");
        _bed.Verify();
    }

    [Fact]
    public void A_ringing_call_can_be_cancelled_when_nothing_more_may_be_kept()
    {
        var invite = _a.Send(_a.Request("INVITE", "sip:b@home.test"));
        var atB = _b.Expect("INVITE");
        _b.Reply(atB, 180);
        _a.Expect(100);
        _a.Expect(180);

        // A To tag, which anybody can write, opens the last part of the memory and no more.
        Flood(3_000, 4_200, inDialog: true);
        Assert.InRange(Metrics.KeptOctets, Limit, Limit + (16 << 10));
        _a.Cancel(invite);
        _a.Expect(200, "CANCEL");
        _b.Drain(0);
        _bed.Pass(5);
        Assert.Contains(_b.Log, message => message.IsRequest && message.Method == "CANCEL" && message.Branch == atB.Branch);
        _b.Reply(atB, 487);
        _a.AckNon2xx(invite, _a.Expect(487, "INVITE"));
        _bed.Verify();
    }

    [Fact]
    public void An_INVITE_that_comes_again_when_no_provisional_could_be_kept_gets_its_100()
    {
        var invite = _a.Send(_a.Request("INVITE", "sip:b@home.test"));
        var atB = _b.Expect("INVITE");
        Flood(3_000, 4_200, inDialog: true);
        _b.Reply(atB, 180);
        _a.Expect(180);
        _a.Send(invite);
        Assert.Equal(invite["Call-ID"], _a.Expect(100)["Call-ID"]);
        _b.Reply(atB, 486);
        _a.AckNon2xx(invite, _a.Expect(486, "INVITE"));
        _bed.Verify();
    }

    [Fact]
    public void A_response_longer_than_its_request_is_dropped_by_name_when_nothing_more_may_be_kept()
    {
        _a.Send(_a.Request("MESSAGE", "sip:b@home.test"));
        var atB = _b.Expect("MESSAGE");
        Flood(3_000, 4_200, inDialog: true);
        _b.Send(_b.Answer(atB, 200).With(new string('x', 20_000), "text/plain"), atB.From);
        _bed.Pass(1);
        Assert.Equal(1, Metrics.Dropped(DropReason.MemoryFull));
        _b.Reply(atB, 200);
        _a.Expect(200, "MESSAGE");
        _bed.Verify();
    }

    [Fact]
    public void Bindings_count_and_a_new_one_beyond_the_memory_gets_503_while_others_are_refreshed()
    {
        // Calls take most of it, so that few bindings fill the rest.
        Flood(300, 4_200);
        var before = Metrics.RefusedForMemory;
        var registered = 0;
        while (TryRegister($"user{registered}"))
        {
            Assert.InRange(++registered, 0, 100);
        }

        Assert.True(TryRegister("b"));
        Assert.Equal(before + 1, Metrics.RefusedForMemory);
        _bed.Verify();
    }

    /// <summary>INVITEs of so many octets, one a millisecond; nobody answers. What A gets is counted and forgotten.</summary>
    private void Flood(int count, int length, bool inDialog = false)
    {
        for (var i = 0; i < count; i++)
        {
            var invite = _a.Request("INVITE", "sip:b@home.test");
            if (inDialog)
            {
                invite.Set("To", "<sip:b@home.test>;tag=anything");
            }

            var octets = invite.With(new string('x', length - invite.ToOctets().Length - 60)).ToOctets();
            Assert.InRange(octets.Length, length - 60, length);
            _a.Endpoint.Send(octets);
            foreach (var answer in _a.Drain(1))
            {
                Assert.Contains(answer.Status, (int[])[100, 503]);
                _refused += answer.Status == 503 ? 1 : 0;
            }

            Assert.InRange(Metrics.KeptOctets + Metrics.IdleOctets, 0, Limit + (16 << 10));
        }
    }

    private (WireMessage Invite, WireMessage Ok) Call()
    {
        _a.Drain(0);
        _b.Drain(0);
        var invite = _a.Send(_a.Request("INVITE", "sip:b@home.test"));
        _b.Reply(_b.Expect("INVITE"), 200);
        _a.Expect(100);
        var ok = _a.Expect(200, "INVITE");
        _a.Ack(invite, ok);
        _b.Expect("ACK");
        return (invite, ok);
    }

    private void Register(string user) => Assert.True(TryRegister(user));

    private bool TryRegister(string user)
    {
        _registering.Send(_registering.Request("REGISTER", "sip:home.test")
            .Set("From", $"<sip:{user}@home.test>;tag=register")
            .Set("To", $"<sip:{user}@home.test>")
            .Set("Contact", $"<sip:{user}@127.0.0.3:5060>"));
        var answer = _registering.Next();
        Assert.Contains(answer.Status, (int[])[200, 503]);
        return answer.Status == 200;
    }
}
