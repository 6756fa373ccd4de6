using System.Text;
using ImsSipFast.Engine.Registrar;
using ImsSipFast.Engine.Tests.Conformance;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Traps;

/// <summary>One phone, one REGISTER, three addresses-of-record: they are registered together, whichever shards they would hash to.</summary>
public sealed class RegistrationSets : ConformanceTest
{
    private const int Shards = 4;
    private const string AtB = "<sip:b@127.0.0.3:5060>";
    private const string AtC = "<sip:b@127.0.0.4:5060>";

    private static readonly string[] s_set = ["sip:b@home.test", "sip:+49301234@home.test", "sip:bob@work.test"];

    private readonly FakeBindingStore _store = new();

    public RegistrationSets()
    {
        var sets = new FakeRegistrationSets(s_set, ["sip:other@home.test", "sip:c@home.test"]);
        TestBeds.Use(options => new SimTestBed(options, store: _store, sets: sets));
    }

    public static TheoryData<string> Members => [.. s_set];

    private SimEngine Engine => ((SimTestBed)Bed).Engine;

    protected override void Configure(SipEngineOptions options) => (options.Shards, options.Domains) = (Shards, ["home.test", "work.test"]);

    [Fact]
    public void The_members_would_be_in_different_shards_each_by_itself()
    {
        var location = new LocationService(Shards, key: Fixtures.Keys(1, 1).LocationTable);
        Assert.NotEqual(1, s_set.Select(member => location.PartitionOf(Encoding.ASCII.GetBytes(member))).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Members))]
    public void Registering_one_registers_all(string member)
    {
        AssertAll(404);
        Send(member, AtB);
        B.Expect(200);
        AssertAll(B);
        Assert.Equal(1, Engine.Sum().BindingsAlive);

        // Those who are in another set, or in none, are not concerned.
        Assert.Equal(404, Ask("sip:c@home.test"));
        Assert.Equal(404, Ask("sip:d@home.test"));
    }

    [Theory]
    [MemberData(nameof(Members))]
    public void An_expiry_and_a_removal_are_those_of_all(string member)
    {
        Send(member, AtB + ";expires=60");
        B.Expect(200);
        Bed.Pass(60_000);
        AssertAll(480);
        Send(member, AtB);
        B.Expect(200);
        Send(s_set[1], AtB + ";expires=0");
        Assert.Empty(B.Expect(200).All("Contact"));
        AssertAll(480);
        Assert.Equal(0, Engine.Sum().BindingsAlive);
    }

    [Fact]
    public void All_members_share_their_bindings()
    {
        Send(s_set[0], AtB + ";q=0.5");
        B.Expect(200);
        Send(s_set[1], AtC + ";q=0.9");
        Assert.Equal(["sip:b@127.0.0.4:5060", "sip:b@127.0.0.3:5060"], B.Expect(200).All("Contact").Select(WireText.Uri));
        Send(s_set[2], AtB);
        Assert.Equal(2, B.Expect(200).All("Contact").Count);
        Assert.Equal(2, Engine.Sum().BindingsAlive);
        Assert.Equal(["sip:b@home.test"], _store.Asked.Select(static a => a.User).Distinct());
        Assert.Single(_store.Asked.Select(static a => a.Shard).Distinct());
    }

    [Fact]
    public void The_order_of_REGISTERs_is_that_of_the_set()
    {
        Send(s_set[0], AtB, cseq: 10);
        B.Expect(200);
        Send(s_set[1], AtB + ";expires=0", cseq: 9);
        B.Expect(500);
        AssertAll(B);
    }

    [Fact]
    public void A_REGISTER_for_one_member_waits_for_the_commit_of_another()
    {
        _store.Delay = FakeBindingStore.Never;
        Send(s_set[0], AtB);
        Send(s_set[1], AtC, cseq: 1);
        Bed.Pass(100);
        Assert.Single(_store.Asked);
        _store.Answer(0);
        B.Expect(200);
        Bed.Pass(1);
        _store.Answer(1);
        Assert.Equal(2, B.Expect(200).All("Contact").Count);
    }

    [Fact]
    public void A_call_within_a_dialog_finds_the_phone_by_any_of_them()
    {
        Send(s_set[0], AtB);
        B.Expect(200);
        var (invite, atB) = Invite(s_set[2]);
        Assert.Equal("sip:b@127.0.0.3:5060", atB.RequestUri);
        B.Reply(atB, 200);
        var ok = A.Expect(200, "INVITE");
        A.Ack(invite, ok);
        B.Expect("ACK");
        A.Send(A.Within("BYE", invite, ok));
        B.Reply(B.Expect("BYE"), 200);
        A.Expect(200, "BYE");
    }

    private void Send(string member, string contact, int cseq = 0)
    {
        var request = RegisterRequest(B, "b", contact).Set("To", $"<{member}>");
        B.Send(cseq == 0 ? request : request.Set("CSeq", $"{cseq} REGISTER"));
    }

    /// <summary>Calls for each of them, which meet in different shards.</summary>
    private void AssertAll(SimUserAgent phone)
    {
        foreach (var member in Enumerable.Repeat(s_set, 8).SelectMany(static s => s))
        {
            A.Ask("MESSAGE", member);
            phone.Reply(phone.Expect("MESSAGE"), 200);
            A.Expect(200, "MESSAGE");
        }
    }

    private void AssertAll(int status) => Assert.All(Enumerable.Repeat(s_set, 8).SelectMany(static s => s), member => Assert.Equal(status, Ask(member)));

    private int Ask(string uri)
    {
        A.Ask("MESSAGE", uri);
        return A.Next().Status;
    }
}
