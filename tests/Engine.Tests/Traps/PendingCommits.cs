using ImsSipFast.Engine.Registrar;
using ImsSipFast.Engine.Tests.Conformance;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Traps;

/// <summary>REGISTERs whose commit is answered late, out of order, with a refusal, or never.</summary>
public sealed class PendingCommits : ConformanceTest
{
    private const string AtB = "<sip:b@127.0.0.3:5060>";
    private const string AtC = "<sip:b@127.0.0.4:5060>";

    private readonly FakeBindingStore _store = new() { Delay = FakeBindingStore.Never };

    public PendingCommits() => TestBeds.Use(options => new SimTestBed(options, store: _store));

    private SimEngine Engine => ((SimTestBed)Bed).Engine;

    private Diagnostics.EngineMetrics Metrics => Engine.Sum();

    [Fact]
    public void The_200_comes_with_the_commit_and_the_user_is_there_from_then_on()
    {
        B.Send(RegisterRequest(B, "b", AtB));
        B.Silence(1_000);
        AssertReached("b", 404);
        _store.Answer(0);
        Assert.Equal([AtB + ";expires=3599"], B.Expect(200, "REGISTER").All("Contact"));
        AssertReached("b", B);
    }

    [Fact]
    public void Until_a_change_is_committed_the_old_binding_is_the_one_that_counts()
    {
        Commit(RegisterRequest(B, "b", AtB), 0);
        B.Send(RegisterRequest(B, "b", AtB + ";expires=0", AtC));
        AssertReached("b", B);
        _store.Answer(1);
        B.Expect(200, "REGISTER");
        AssertReached("b", C);
    }

    [Fact]
    public void Commits_of_two_users_may_end_out_of_order()
    {
        B.Send(RegisterRequest(B, "b", AtB));
        C.Send(RegisterRequest(C, "c", "<sip:c@127.0.0.4:5060>"));
        Bed.Pass(100);
        Assert.Equal(["sip:b@home.test", "sip:c@home.test"], _store.Asked.Select(static a => a.User));
        _store.Answer(1);
        C.Expect(200, "REGISTER");
        AssertReached("c", C);
        AssertReached("b", 404);
        _store.Answer(0);
        B.Expect(200, "REGISTER");
        AssertReached("b", B);
        Assert.Equal(0, Metrics.CommitsQueued);
    }

    [Fact]
    public void A_commit_that_is_refused_gets_500_and_changes_nothing()
    {
        Commit(RegisterRequest(B, "b", AtB), 0);
        B.Send(RegisterRequest(B, "b", AtB + ";expires=0", AtC));
        Bed.Pass(100);
        _store.Answer(1, CommitStatus.Refused);
        Assert.Equal("5", B.Expect(500, "REGISTER")["Retry-After"]);
        AssertReached("b", B);
        Assert.Equal((1, 0), (Metrics.CommitsRefused, Metrics.CommitsMissing));
    }

    [Fact]
    public void A_retransmission_of_what_was_refused_at_once_asks_the_store_no_more()
    {
        (_store.Delay, _store.Outcome) = (0, CommitStatus.Refused);
        var request = B.Send(RegisterRequest(B, "b", AtB));
        B.Expect(500, "REGISTER");
        AssertReached("b", 404);
        _store.Outcome = CommitStatus.Done;
        B.Send(request);
        B.Expect(500, "REGISTER");
        Assert.Single(_store.Asked);
        Assert.Equal((1, 0), (Metrics.CommitsRefused, Metrics.AnswersPending));
    }

    /// <summary>RFC 4320 §4.1: a 100 when Timer E has reached T2, and a final response soon after.</summary>
    [Fact]
    public void A_commit_that_never_ends_gets_500_when_its_time_is_over()
    {
        B.Send(RegisterRequest(B, "b", AtB));
        B.Silence(3_480);
        B.Expect(100, "REGISTER", 100);
        B.Silence(400);
        Assert.Equal("5", B.Expect(500, "REGISTER")["Retry-After"]);
        AssertTimes([4_000], [B.Log[^1].At]);
        AssertReached("b", 404);
        Assert.Equal((0, 1, 1), (Metrics.CommitsRefused, Metrics.CommitsMissing, Metrics.AnswersMissing));

        // Too late: nothing comes of it, and the phone that tries again is served.
        _store.Answer(0);
        AssertReached("b", 404);
        Assert.Equal(1, Metrics.AnswersLate);
        Commit(RegisterRequest(B, "b", AtB), 1);
        AssertReached("b", B);
    }

    [Fact]
    public void A_retransmission_is_absorbed_and_committed_once()
    {
        var request = B.Send(RegisterRequest(B, "b", AtB));
        foreach (var wait in (int[])[500, 1_000, 2_000])
        {
            Bed.Pass(wait);
            B.Send(request);
        }

        Assert.Single(_store.Asked);
        B.Drain(100);
        _store.Answer(0);
        var ok = B.Expect(200, "REGISTER");
        B.Send(request);
        Assert.Equal(ok.All("Contact"), B.Expect(200, "REGISTER").All("Contact"));
        Assert.Single(_store.Asked);
    }

    [Fact]
    public void A_second_REGISTER_of_a_user_waits_for_the_first()
    {
        B.Send(RegisterRequest(B, "b", AtB));
        var second = C.Send(RegisterRequest(C, "b", AtC));
        Bed.Pass(100);
        C.Send(second);
        Bed.Pass(100);
        Assert.Equal(["sip:b@127.0.0.3:5060"], Assert.Single(_store.Asked).Contacts);
        _store.Answer(0);
        B.Expect(200, "REGISTER");
        C.Silence(500);
        Assert.Equal(["sip:b@127.0.0.3:5060", "sip:b@127.0.0.4:5060"], _store.Asked[1].Contacts);
        _store.Answer(1);
        Assert.Equal(2, C.Expect(200, "REGISTER").All("Contact").Count);
        Assert.Equal(1, Metrics.CommitsQueued);
    }

    [Fact]
    public void A_query_waits_too_and_shows_what_came_before_it()
    {
        B.Send(RegisterRequest(B, "b", AtB));
        C.Send(RegisterRequest(C, "b"));
        C.Silence(1_000);
        _store.Answer(0);
        B.Expect(200, "REGISTER");
        Assert.Single(C.Expect(200, "REGISTER").All("Contact"));
        Assert.Single(_store.Asked);
    }

    [Theory]
    [InlineData(CommitStatus.Done, 500)]
    [InlineData(CommitStatus.Refused, 200)]
    public void What_waits_is_judged_when_its_turn_comes(object first, int second)
    {
        // An older CSeq of the same Call-ID counts only when the newer one came to nothing.
        B.Send(RegisterRequest(B, "b", AtB).Set("CSeq", "10 REGISTER"));
        B.Send(RegisterRequest(B, "b", AtB).Set("CSeq", "9 REGISTER"));
        Bed.Pass(100);
        _store.Delay = 10;
        _store.Answer(0, (CommitStatus)first);
        B.Expect(second == 500 ? 200 : 500, "REGISTER");
        B.Expect(second, "REGISTER");
    }

    [Fact]
    public void The_wait_of_who_stood_behind_begins_when_its_turn_comes()
    {
        B.Send(RegisterRequest(B, "b", AtB));
        Bed.Pass(1_000);
        C.Send(RegisterRequest(C, "b", AtC));
        Bed.Pass(3_500);
        B.Expect(100);
        B.Expect(500, "REGISTER");
        Assert.Equal(2, _store.Asked.Count);
        Bed.Pass(3_000);
        _store.Answer(1);
        C.Expect(100);
        Assert.Equal([AtC], C.Expect(200, "REGISTER").All("Contact").Select(static c => c[..c.IndexOf(';')]));
        AssertTimes([7_500], [C.Log[^1].At]);
    }

    [Fact]
    public void A_store_that_never_answers_holds_nobody_beyond_64_T1_and_one_too_many_gets_503()
    {
        for (var i = 0; i < 8; i++)
        {
            B.Send(RegisterRequest(B, "b", $"<sip:b{i}@127.0.0.3:5060>"));
        }

        B.Silence(100);
        B.Send(RegisterRequest(B, "b", AtB));
        Assert.NotNull(B.Expect(503, "REGISTER").Find("Retry-After"));
        Assert.Equal((7, 1), (Metrics.CommitsQueued, Metrics.CommitsCrowded));
        var finals = B.Drain(32_000).Where(static m => m.Status != 100).ToList();
        Assert.All(finals, static m => Assert.Equal(500, m.Status));
        AssertTimes([.. Enumerable.Range(1, 8).Select(static i => i * 4_000L)], finals.Select(static m => m.At));
        Assert.Equal(8, Metrics.CommitsMissing);
    }

    [Fact]
    public void A_drain_waits_for_a_commit_and_lets_it_end()
    {
        B.Send(RegisterRequest(B, "b", AtB));
        Bed.Pass(100);
        Bed.BeginDrain();
        Assert.Equal(1, Metrics.TransactionsOpen);
        C.Send(RegisterRequest(C, "b", AtC));
        Bed.Pass(100);
        _store.Answer(0);
        B.Expect(200, "REGISTER");
        Bed.Pass(1);
        _store.Answer(1);
        C.Expect(200, "REGISTER");
        Assert.Equal(0, Metrics.TransactionsOpen);
    }

    [Fact]
    public void A_CANCEL_does_not_stop_a_commit()
    {
        // RFC 3261 §9.1: CANCEL has no effect on anything but INVITE.
        var request = B.Send(RegisterRequest(B, "b", AtB));
        B.Send(B.CancelOf(request));
        B.Expect(200, "CANCEL");
        _store.Answer(0);
        B.Expect(200, "REGISTER");
    }

    [Fact]
    public void A_store_that_throws_costs_the_one_REGISTER()
    {
        Engine.Faults = [];
        _store.OnCommit = static () => throw new InvalidOperationException("injected");
        B.Send(RegisterRequest(B, "b", AtB));
        B.Expect(500, "REGISTER");
        _store.OnCommit = null;
        Assert.Single(Engine.Faults);
        Commit(RegisterRequest(B, "b", AtB), 1);
        AssertReached("b", B);
    }

    /// <summary>The store throws when a REGISTER gets its turn, and the sender when one is answered: the others go on.</summary>
    [Fact]
    public void Whoever_waits_gets_his_turn_whatever_becomes_of_those_before_him()
    {
        Engine.Faults = [];
        B.Send(RegisterRequest(B, "b", AtB));
        B.Send(RegisterRequest(B, "b", AtB));
        C.Send(RegisterRequest(C, "b", AtC));
        Bed.Pass(100);
        _store.OnCommit = () =>
        {
            _store.OnCommit = null;
            throw new InvalidOperationException("injected");
        };
        Engine.BeforeSend = () =>
        {
            Engine.BeforeSend = null;
            throw new InvalidOperationException("injected");
        };
        _store.Answer(0);

        // What the first got was lost on the way; its retransmission would fetch it. The second meets the store's fault.
        B.Expect(500, "REGISTER");
        Assert.Equal("the commit of a REGISTER", Assert.Single(Engine.Faults).Work);
        Bed.Pass(1);
        _store.Answer(2);
        Assert.Equal(2, C.Expect(200, "REGISTER").All("Contact").Count);
    }

    [Fact]
    public void What_waits_is_within_the_memory()
    {
        Start(static options => options.Memory = 1 << 20);
        var (refused, kept) = (0, 0L);
        for (var i = 0; i < 2_000; i++)
        {
            B.Send(RegisterRequest(B, $"user{i}", AtB));
            foreach (var answer in B.Drain(0))
            {
                Assert.Contains(answer.Status, (int[])[100, 500, 503]);
                refused += answer.Status > 100 ? 1 : 0;
            }

            kept = Math.Max(kept, Metrics.KeptOctets);
        }

        Assert.InRange(refused, 100, 1_999);
        Assert.InRange(kept, 1 << 19, (1 << 20) + (16 << 10));
        Bed.Pass(5_000);
        B.Drain(0);
    }

    /// <summary>Each REGISTER has one final answer, and what is bound at the end is what the 200s said, in the order of the requests.</summary>
    [Fact]
    public void Whatever_the_store_does_the_bindings_are_those_of_the_REGISTERs_that_got_200()
    {
        Start(static options => options.Shards = 4);
        var random = new Random(11);
        _store.OnCommit = () =>
        {
            _store.Delay = random.Next(10) switch { 0 => FakeBindingStore.Never, < 4 => 0, _ => random.Next(1, 300) };
            _store.Outcome = random.Next(5) == 0 ? CommitStatus.Refused : CommitStatus.Done;
        };
        var sent = new List<(string CallId, string User, string Contact, bool IsRemoved)>();
        for (var i = 0; i < 3_000; i++)
        {
            var (user, contact, isRemoved) = ($"user{random.Next(12)}", $"<sip:{random.Next(4)}@127.0.0.3:5060>", random.Next(3) == 0);
            var request = RegisterRequest(B, user, contact + (isRemoved ? ";expires=0" : "")).Set("Call-ID", $"call-{i}");
            sent.Add(($"call-{i}", user, contact, isRemoved));
            B.Send(request);
            Bed.Pass(random.Next(150));
            if (random.Next(4) == 0)
            {
                B.Send(request);
            }
        }

        Bed.Pass(64_000);
        var finals = B.Drain(0).Where(static m => m.Status != 100).GroupBy(static m => m["Call-ID"]).ToDictionary(static g => g.Key, static g => g.Select(static m => m.Status).Distinct().ToArray());
        var expected = new Dictionary<string, HashSet<string>>();
        foreach (var (callId, user, contact, isRemoved) in sent)
        {
            if (Assert.Single(finals[callId]) == 200)
            {
                var contacts = expected.TryGetValue(user, out var known) ? known : expected[user] = [];
                _ = isRemoved ? contacts.Remove(contact) : contacts.Add(contact);
            }
        }

        Assert.InRange(finals.Values.Count(static f => f[0] == 500), 100, 2_000);
        Assert.InRange(Metrics.CommitsQueued, 100, 3_000);
        Assert.InRange(Metrics.AnswersMissing, 10, 1_000);
        foreach (var (user, contacts) in expected)
        {
            Assert.Equal(contacts.Order(StringComparer.Ordinal), Register(B, user).All("Contact").Select(static c => c[..c.IndexOf(';', StringComparison.Ordinal)]).Order(StringComparer.Ordinal));
        }
    }

    private void Commit(WireMessage request, int question)
    {
        B.Send(request);
        Bed.Pass(1);
        _store.Answer(question);
        B.Expect(200, "REGISTER");
    }

    private void AssertReached(string user, SimUserAgent phone)
    {
        A.Ask("MESSAGE", $"sip:{user}@home.test");
        phone.Reply(phone.Expect("MESSAGE"), 200);
        A.Expect(200, "MESSAGE");
    }

    private void AssertReached(string user, int status)
    {
        A.Ask("MESSAGE", $"sip:{user}@home.test");
        A.Expect(status, "MESSAGE");
    }
}
