using System.Text;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Registrar;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Tests.Registrar;

/// <summary>RFC 3261 §10.3 step 7: what the store takes, all of it, and nothing of what it does not take.</summary>
public sealed class CommitTests
{
    private readonly ScriptedBindingStore _store = new();
    private readonly RegistrarFixture _registrar;

    public CommitTests()
    {
        _registrar = new RegistrarFixture(o => (o.MaxBindings, o.MaxBindingsPerAor) = (4, 4), store: _store);
        _registrar.Register("Contact: <sip:1@h>;q=0.5;expires=100, <sip:2@h>;expires=200", 1);
        _registrar.Now += 10_000;
    }

    public static TheoryData<string> Changes => ["Contact: <sip:3@h>", "Contact: <sip:1@h>", "Contact: <sip:1@h>;expires=0, <sip:2@h>;q=0.1, <sip:3@h>", "Contact: *\nExpires: 0"];

    [Theory]
    [MemberData(nameof(Changes))]
    public void The_store_is_told_what_readers_see_afterwards(string headers)
    {
        Assert.Equal(200, _registrar.Register(headers, 2).Status);
        Assert.Equal(Seen(), _store.Commits[^1]);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_commit_that_the_store_refuses_changes_nothing_and_gets_500(string headers)
    {
        var before = State();
        _store.Status = CommitStatus.Refused;
        var reply = _registrar.Register(headers, 2);
        Assert.Equal((500, "5"), (reply.Status, reply.Header("Retry-After")));
        Assert.Empty(reply.Contacts);
        Assert.Equal(before, State());

        // The same request once more is no retransmission of one that was served.
        _store.Status = CommitStatus.Done;
        Assert.Equal(200, _registrar.Register(headers, 2).Status);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_store_that_throws_leaves_all_as_it_was(string headers)
    {
        var before = State();
        _store.OnCommit = static () => throw new InvalidOperationException("injected");
        Assert.Throws<InvalidOperationException>(() => _registrar.Register(headers, 2));
        Assert.Equal(before, State());
        _store.OnCommit = null;
        Assert.Equal(200, _registrar.Register(headers, 2).Status);
    }

    /// <summary>What cannot fail half-way: an allocation is all that could.</summary>
    [Theory]
    [MemberData(nameof(Changes))]
    public void Once_the_store_has_it_nothing_is_allocated(string headers)
    {
        var request = Encoding.ASCII.GetBytes(_registrar.Request(headers, 1, to: "<sip:other@home.test>"));
        Allocated(request, "sip:other@home.test");
        _registrar.Advance(4000);
        _registrar.Register("Contact: <sip:1@h>;q=0.5;expires=100, <sip:2@h>;expires=200", 2);
        request = Encoding.ASCII.GetBytes(_registrar.Request(headers, 3));
        Assert.Equal(0, Allocated(request, RegistrarFixture.B));
        Assert.Equal(Seen(), _store.Commits[^1]);
    }

    [Fact]
    public void A_query_and_what_was_served_before_ask_no_store()
    {
        var request = _registrar.Request("Contact: <sip:3@h>", 2);
        _registrar.Send(request);
        Assert.Equal(2, _store.Commits.Count);
        _store.Status = CommitStatus.Refused;
        Assert.Equal(200, _registrar.Send(request).Status);
        Assert.Equal(200, _registrar.Register("", 3).Status);
        Assert.Equal(200, _registrar.Register("Contact: <sip:never@h>;expires=0", 4).Status);
        Assert.Equal(2, _store.Commits.Count);
    }

    [Fact]
    public void What_is_refused_anyway_asks_no_store()
    {
        _registrar.Register("Contact: <sip:1@h>;expires=1", 2);
        _registrar.Register("Contact: <sip:1@h>", 1);
        _registrar.Register("Contact: <sip:3@h>, <sip:4@h>, <sip:5@h>", 3);
        _registrar.Register("Contact: <sip:3@h>, <sip:4@h>, <sip:5@h>", 1, to: "<sip:c@home.test>");
        Assert.Single(_store.Commits);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_pending_commit_changes_nothing_until_it_is_done(string headers)
    {
        var (before, alone) = (State(), new RegistrarFixture());
        alone.Register("Contact: <sip:1@h>;q=0.5;expires=100, <sip:2@h>;expires=200", 1);
        alone.Now += 10_000;
        _store.Status = CommitStatus.Pending;
        var request = _registrar.Request(headers, 2, branch: "x");
        var reply = _registrar.Send(request);
        Assert.True(reply.Verdict.IsPending);
        Assert.Equal("", reply.Text);
        Assert.Equal(before with { Reserved = before.Reserved + reply.Verdict.Pending.Reserved }, State());

        // The 200 of somebody who got it at once.
        Assert.Equal(alone.Register(headers, 2, branch: "x").Text, _registrar.Conclude(request, reply.Verdict.Pending, CommitStatus.Done).Text);
        Assert.Equal(Seen(), _store.Commits[^1]);
        Assert.Equal(alone.Location.Bindings, _registrar.Location.Bindings);
        Assert.Equal(200, _registrar.Send(request).Status);
        Assert.Equal(2, _store.Commits.Count);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_pending_commit_that_fails_leaves_all_as_it_was(string headers)
    {
        var before = State();
        _store.Status = CommitStatus.Pending;
        var request = _registrar.Request(headers, 2);
        var reply = _registrar.Conclude(request, _registrar.Send(request).Verdict.Pending, CommitStatus.Refused);
        Assert.Equal((500, "5"), (reply.Status, reply.Header("Retry-After")));
        Assert.Equal(before, State());
    }

    [Fact]
    public void The_time_of_a_binding_counts_from_its_request_and_not_from_its_commit()
    {
        _store.Status = CommitStatus.Pending;
        var request = _registrar.Request("Contact: <sip:3@h>;expires=60", 2);
        var pending = _registrar.Send(request).Verdict.Pending;
        _registrar.Now += 3_000;
        var reply = _registrar.Conclude(request, pending, CommitStatus.Done);
        Assert.Equal(["<sip:2@h>;expires=187", "<sip:3@h>;expires=57", "<sip:1@h>;q=0.5;expires=87"], reply.Contacts);
        Assert.Equal(Seen(), _store.Commits[^1]);
    }

    /// <summary>The refresh comes at the last moment, and its commit ends after the binding.</summary>
    [Fact]
    public void A_binding_that_expires_while_its_refresh_is_pending_is_made_again()
    {
        _registrar.Advance(89);
        _store.Status = CommitStatus.Pending;
        var request = _registrar.Request("Contact: <sip:1@h>;q=0.5;expires=100", 2);
        var pending = _registrar.Send(request).Verdict.Pending;
        Assert.Equal(["1 for sip:b@home.test"], _registrar.Advance(2));
        Assert.Equal(["sip:2@h"], _registrar.Targets());
        Assert.Equal(["<sip:2@h>;expires=99", "<sip:1@h>;q=0.5;expires=98"], _registrar.Conclude(request, pending, CommitStatus.Done).Contacts);
        Assert.Equal(new Snapshot("sip:2@h until 200000, sip:1@h until 199000", 2, 2, 2), State() with { Octets = 0 });
        _registrar.Advance(200);
        Assert.Equal((0, 0, 0, 0L), (_registrar.Location.Bindings, _registrar.Metrics.BindingsAlive, _registrar.Wheel.Count, _registrar.Budget.Used));
    }

    [Fact]
    public void A_binding_whose_time_is_over_before_its_commit_is_gone()
    {
        var registrar = new RegistrarFixture(o => o.MinExpires = 1, store: _store);
        _store.Status = CommitStatus.Pending;
        var request = registrar.Request("Contact: <sip:1@h>;expires=1", 1);
        var pending = registrar.Send(request).Verdict.Pending;
        registrar.Now += 3_000;
        Assert.Equal(["<sip:1@h>;expires=0"], registrar.Conclude(request, pending, CommitStatus.Done).Contacts);
        Assert.Empty(registrar.Targets());
        registrar.Advance(0);
        Assert.Equal((0, 0, 0, 0L), (registrar.Location.Bindings, registrar.Metrics.BindingsAlive, registrar.Wheel.Count, registrar.Budget.Used));
    }

    [Fact]
    public void Room_is_taken_when_a_commit_is_asked_for_and_given_back_when_it_fails()
    {
        _store.Status = CommitStatus.Pending;
        var request = _registrar.Request("Contact: <sip:3@h>, <sip:4@h>", 2);
        var pending = _registrar.Send(request).Verdict.Pending;
        _store.Status = CommitStatus.Done;
        Assert.Equal(503, _registrar.Register("Contact: <sip:1@h>", 1, to: "<sip:c@home.test>").Status);
        _registrar.Conclude(request, pending, CommitStatus.Refused);
        Assert.Equal(200, _registrar.Register("Contact: <sip:1@h>, <sip:2@h>", 1, to: "<sip:c@home.test>").Status);
        Assert.Equal(4, _registrar.Location.Bindings);
    }

    private string[] Seen() => [.. _registrar.Bindings().Select(static b => $"{Encoding.Latin1.GetString(b.ContactUri)} until {b.ExpiresTick}")];

    private Snapshot State() =>
        new(string.Join(", ", Seen()), _registrar.Location.Bindings, _registrar.Metrics.BindingsAlive, _registrar.Wheel.Count, _registrar.Budget.Used);

    private long Allocated(byte[] request, string addressOfRecord)
    {
        var message = new SipMessage();
        var response = new byte[4096];
        var key = RegistrarFixture.Key(addressOfRecord);
        SipParser.TryParse(request, request.Length, message);
        var writer = new SipWriter(response);
        _registrar.Core.Apply(message, _registrar.Flow, key, "to-tag"u8, _registrar.Now, ref writer);
        return GC.GetAllocatedBytesForCurrentThread() - _store.AllocatedBytes;
    }

    private sealed record Snapshot(string Bindings, long Reserved, long Alive, int Timers, long Octets = 0);
}
