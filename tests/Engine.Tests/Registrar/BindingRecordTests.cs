using System.Net;
using System.Text;
using CsCheck;
using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Registrar;

namespace ImsSipFast.Engine.Tests.Registrar;

/// <summary>What one process writes down of its bindings, and what the next makes of it.</summary>
public sealed class BindingRecordTests
{
    // The second process starts an hour later, and its listeners stand in another order.
    private const long Later = 3_600_000;

    private static readonly ListenerTable s_before = Listeners("127.0.0.1:5060", "127.0.0.9:5060", "[::1]:5060");
    private static readonly ListenerTable s_after = Listeners("[::1]:5060", "127.0.0.9:5060", "127.0.0.1:5060");

    private readonly RegistrarFixture _first = new();
    private readonly RegistrarFixture _second = new(key: 77);
    private readonly BindingRecords _written = new(s_before, new WallClock(RegistrarFixture.UnixMillisecondsAtTickZero));
    private readonly BindingRecords _read = new(s_after, new WallClock(RegistrarFixture.UnixMillisecondsAtTickZero + Later));

    [Fact]
    public void A_record_says_all_in_words_that_any_process_understands()
    {
        _first.Now = 500;
        _first.Register("Contact: <sip:1@h;x>;q=0.5;+sip.instance=\"<urn:uuid:1>\";reg-id=2;expires=100\nPath: <sip:p2.test;lr>, <sip:p1.test;lr>", 7, callId: "one@h");
        var record = Assert.Single(_first.Core.Export(_written, _first.Now));
        Assert.Equal(
            "sip:b@home.test sip:1@h;x ;q=0.5;+sip.instance=\"<urn:uuid:1>\";reg-id=2 <sip:p2.test;lr>,<sip:p1.test;lr> q 500"
            + $" until {RegistrarFixture.UnixMillisecondsAtTickZero + 100_500} one@h 7 udp:127.0.0.3:5060 at udp:127.0.0.1:5060",
            Text(record));
    }

    [Fact]
    public void Any_bindings_come_back_as_they_were()
    {
        var contact = Gen.Select(Gen.Int[0, 5], Gen.Int[1, 9], Gen.Int[60, 7200]);
        var request = Gen.Select(Gen.Int[0, 20], Gen.Int[0, 3], Gen.Int[1, 1000], contact.Array[1, 4], Gen.Int[0, 2]);
        request.Array[1, 200].Sample(
            requests =>
            {
                var (first, second) = (new RegistrarFixture(), new RegistrarFixture(key: 5));
                foreach (var (user, callId, cseq, contacts, listener) in requests)
                {
                    (first.Listener, first.Source) = (listener, listener == 2 ? PeerAddress.Loopback(isV4: false, 5080) : PeerAddress.FromV4(0x7F000003, 5070));
                    first.Register(
                        string.Concat(contacts.Select(c => $"Contact: <sip:{c.Item1}@h>;q=0.{c.Item2};expires={c.Item3}\n")), cseq, $"call-{callId}", $"sip:{user}@home.test");
                    first.Advance(2);
                }

                var records = first.Core.Export(_written, first.Now).ToList();
                Assert.Equal(first.Location.Bindings, records.Count);
                second.Now = Math.Max(0, first.Now - Later);
                var kept = records.Where(r => _read.ExpiresTickOf(r) > second.Now).ToList();
                Assert.Equal(kept.Count, records.Count(record => second.Core.TryRestore(record, _read, second.Now)));

                // A table has its own order, under its own key.
                Assert.Equal(kept.Select(Text).Order(StringComparer.Ordinal), second.Core.Export(_read, second.Now).Select(Text).Order(StringComparer.Ordinal));
                Assert.Equal((kept.Count, kept.Count, kept.Count), (second.Location.Bindings, second.Metrics.BindingsAlive, second.Wheel.Count));
                for (var user = 0; user <= 20; user++)
                {
                    var order = first.Bindings($"sip:{user}@home.test").Where(b => b.ExpiresTick - Later > second.Now).Select(Uri);
                    Assert.Equal(order, second.Bindings($"sip:{user}@home.test").Select(Uri));
                }
            },
            iter: 100);
    }

    [Fact]
    public void The_order_of_CSeq_outlives_the_process()
    {
        var request = _first.Request("Contact: <sip:1@h>;expires=7200", 10);
        _first.Send(request);
        Restart();
        Assert.Equal(500, _second.Register("Contact: <sip:1@h>;expires=0", 9).Status);
        Assert.Equal(500, _second.Register("Contact: *\nExpires: 0", 9).Status);
        Assert.Equal(["sip:1@h"], _second.Targets());

        // The 200 may have been lost with the process: the same request gets it, and changes nothing.
        Assert.Equal(["<sip:1@h>;expires=3600"], _second.Send(request).Contacts);
        Assert.Equal(200, _second.Register("Contact: <sip:1@h>;q=0.5", 11).Status);
        Assert.Equal(500, _second.Register("Contact: <sip:1@h>", 11).Status);
        Assert.Equal(200, _second.Register("Contact: <sip:1@h>", 1, callId: "another").Status);
    }

    [Fact]
    public void A_phone_is_the_same_phone_to_the_next_process()
    {
        _first.Register("Contact: <sip:1@h>;+sip.instance=\"<urn:uuid:1>\";reg-id=1, <sip:9@h>\nExpires: 7200", 1);
        Restart();
        _second.Register("Contact: <sip:2@h>;+sip.instance=\"<urn:uuid:1>\";reg-id=1", 1, callId: "after-the-reboot");
        Assert.Equal(["sip:9@h", "sip:2@h"], _second.Targets());
    }

    [Fact]
    public void A_binding_expires_when_it_would_have()
    {
        _first.Register("Contact: <sip:1@h>;expires=7200", 1);
        _first.Register("Contact: <sip:2@h>;expires=3600", 2);
        Restart();
        Assert.Equal(["sip:1@h"], _second.Targets());
        Assert.Empty(_second.Advance(3599));
        Assert.Equal(["1 for sip:b@home.test"], _second.Advance(1));
        Assert.Equal((0, 0, 0L), (_second.Location.Bindings, _second.Wheel.Count, _second.Budget.Used));
    }

    [Fact]
    public void What_a_store_is_told_is_what_an_export_says_afterwards()
    {
        var store = new RecordingStore(_written);
        var registrar = new RegistrarFixture(store: store);
        registrar.Register("Contact: <sip:1@h>;q=0.1, <sip:2@h>;expires=100", 1);
        registrar.Advance(10);
        foreach (var headers in (string[])["Contact: <sip:2@h>;expires=200", "Contact: <sip:1@h>;q=0.9\nPath: <sip:p.test;lr>, <sip:q.test;lr>", "Contact: <sip:1@h>;expires=0"])
        {
            registrar.Register(headers, 1, callId: headers.Length.ToString(null, null));
            Assert.Equal(store.Told.Select(Text), registrar.Core.Export(_written, registrar.Now).Select(Text));
            registrar.Advance(10);
        }
    }

    [Theory]
    [InlineData("udp:127.0.0.9:5060", 1)]
    [InlineData("udp:127.0.0.1:5060", 2)]
    [InlineData("udp:[::1]:5060", 0)]
    [InlineData("udp:192.0.2.1:5060", 1)]
    [InlineData("tcp:127.0.0.1:5060", -1)]
    [InlineData("sctp:127.0.0.1:5060", -1)]
    [InlineData("127.0.0.1:5060", -1)]
    public void The_listener_is_found_by_its_address_else_one_of_its_kind(string listener, int index)
    {
        _first.Register("Contact: <sip:1@h>", 1);
        var source = listener[..(listener.IndexOf(':', StringComparison.Ordinal) + 1)] + (listener.Contains('[', StringComparison.Ordinal) ? "[::1]:5080" : "127.0.0.3:5060");
        var record = Assert.Single(_first.Core.Export(_written, 0)) with { Listener = listener, Source = source, ExpiresUnixMilliseconds = long.MaxValue / 2 };
        Assert.Equal(index >= 0, _second.Core.TryRestore(record, _read, 0));
        if (index >= 0)
        {
            Assert.Equal((index, source), (_second.Bindings()[0].Source.Listener, _second.Bindings()[0].Source.ToString()));
        }
    }

    [Fact]
    public void The_address_of_a_socket_that_is_bound_to_any_is_known_again()
    {
        var table = Listeners("0.0.0.0:5060");
        table.AddInterfaces([PeerAddress.From(IPEndPoint.Parse("10.0.0.5:0")), PeerAddress.From(IPEndPoint.Parse("192.168.1.5:0"))]);
        var expected = table.IndexOf(0, PeerAddress.From(IPEndPoint.Parse("10.0.0.5:0")));
        Assert.NotEqual(0, expected);
        Assert.Equal(expected, table.IndexLike(Transport.Udp, PeerAddress.From(IPEndPoint.Parse("10.0.0.5:5060"))));
    }

    [Fact]
    public void The_limits_are_those_of_the_process_that_reads()
    {
        _first.Register("Contact: <sip:1@h>;expires=7200, <sip:2@h>;expires=7200, <sip:3@h>;expires=7200", 1);
        _first.Register("Contact: <sip:1@h>;expires=7200", 1, to: "sip:c@home.test");
        var records = _first.Core.Export(_written, 0).ToList();
        var few = new RegistrarFixture(static o => o.MaxBindingsPerAor = 2);
        Assert.Equal(3, records.Count(r => few.Core.TryRestore(r, _read, 0)));
        var fewer = new RegistrarFixture(static o => o.MaxBindings = 1);
        Assert.Equal(1, records.Count(r => fewer.Core.TryRestore(r, _read, 0)));
        var elsewhere = new RegistrarFixture(partitions: 2, partition: 1);
        Assert.Equal(records.Count(r => elsewhere.Location.PartitionOf(r.RegistrationSet) == 1), records.Count(r => elsewhere.Core.TryRestore(r, _read, 0)));

        // Once is enough.
        Assert.All(records, r => Assert.True(_second.Core.TryRestore(r, _read, 0)));
        Assert.All(records, r => Assert.False(_second.Core.TryRestore(r, _read, 0)));
        Assert.Equal(4, _second.Location.Bindings);
        Assert.Equal(_first.Budget.Used, _second.Budget.Used);
    }

    private static ListenerTable Listeners(params string[] bound) => new(null, bound.Select(static b => PeerAddress.From(IPEndPoint.Parse(b))), []);

    private static string Uri(Binding binding) => Encoding.Latin1.GetString(binding.ContactUri);

    private static string Text(BindingRecord r)
    {
        string[] texts = [.. new[] { r.RegistrationSet, r.ContactUri, r.ContactParameters, r.Path }.Select(Encoding.Latin1.GetString)];
        return $"{string.Join(' ', texts)} q {r.QValue} until {r.ExpiresUnixMilliseconds} {Encoding.Latin1.GetString(r.CallId)} {r.CSeq} {r.Source} at {r.Listener}";
    }

    private void Restart()
    {
        foreach (var record in _first.Core.Export(_written, _first.Now))
        {
            _second.Core.TryRestore(record, _read, _second.Now);
        }
    }

    private sealed class RecordingStore(BindingRecords records) : IBindingStore
    {
        public IReadOnlyList<BindingRecord> Told { get; private set; } = [];

        public CommitStatus Commit(RegisterPlan plan, int shard, long ticket)
        {
            Told = records.Of(plan);
            return CommitStatus.Done;
        }
    }
}
