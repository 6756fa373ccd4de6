using System.Text;
using CsCheck;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Registrar;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Tests.Registrar;

/// <summary>The registrar against RFC 3261 §10.3 written down once more, the slow and obvious way.</summary>
public sealed class RegistrarModelTests
{
    private const int MaxPerAor = 4;

    private static readonly string[] s_contacts = ["sip:1@h", "sip:2@h", "sip:3@h", "sip:4@h", "mailto:5@h", "sip:6@h;transport=udp"];
    private static readonly int[] s_expires = [0, 0, 30, 60, 90, 3600];

    [Theory]
    [InlineData(CommitStatus.Done)]
    [InlineData(CommitStatus.Pending)]
    public void Any_sequence_of_REGISTERs_ends_in_the_bindings_that_the_RFC_says(object commit)
    {
        var contact = Gen.Select(Gen.Int[0, 5], Gen.Int[0, 5]);
        var request = Gen.Select(
            Gen.Int[0, 1], Gen.Int[0, 1], Gen.Int[1, 6], Gen.Int[0, 2], contact.Array[0, 4], Gen.Int[0, 9], Gen.Frequency((6, 0), (1, 20), (1, 60), (1, 100)));
        request.Array[1, 40].Sample(
            requests =>
            {
                var store = new ScriptedBindingStore { Status = (CommitStatus)commit };
                var registrar = new RegistrarFixture(o => (o.MaxBindingsPerAor, o.MaxBindings) = (MaxPerAor, 6), store: store);
                var model = new Model();
                foreach (var (user, callId, cseq, branch, contacts, kind, wait) in requests)
                {
                    registrar.Advance(wait);
                    model.Now += wait;
                    model.Expire();
                    var aor = $"sip:{user}@home.test";
                    var headers = kind == 0 ? "Contact: *\nExpires: 0" : string.Concat(contacts.Select(c => $"Contact: <{s_contacts[c.Item1]}>;expires={s_expires[c.Item2]}\n"));
                    var updates = kind == 0 ? null : contacts.Select(c => (s_contacts[c.Item1], s_expires[c.Item2])).ToArray();
                    var expected = model.Apply(aor, callId, cseq, branch, updates);
                    var request = registrar.Request(headers, cseq, callId: $"call-{callId}", to: aor, branch: $"{branch}");
                    var reply = registrar.Send(request);
                    if (reply.Verdict.IsPending)
                    {
                        reply = registrar.Conclude(request, reply.Verdict.Pending, CommitStatus.Done);
                    }

                    Assert.Equal(expected, reply.Status);
                    if (expected == 200)
                    {
                        Assert.Equal(model.Listed(aor), reply.Contacts.Order(StringComparer.Ordinal));
                    }

                    Assert.Equal(model.Targets(aor), registrar.Targets(aor).Order(StringComparer.Ordinal));
                    Assert.Equal(model.Count, registrar.Location.Bindings);
                    Assert.Equal(model.Count, registrar.Metrics.BindingsAlive);
                    Assert.Equal(model.Count, registrar.Wheel.Count);
                }

                registrar.Advance(3600);
                Assert.Equal((0, 0, 0), (registrar.Location.Bindings, registrar.Metrics.BindingsAlive, registrar.Wheel.Count));
            },
            iter: 400);
    }

    [Fact]
    public void No_change_of_a_few_octets_in_a_REGISTER_makes_it_throw_or_lose_count()
    {
        var registrar = new RegistrarFixture(o => (o.MaxBindingsPerAor, o.MaxContactLength) = (3, 128));
        var original = Encoding.Latin1.GetBytes(registrar.Request(
            "Contact: \"B\" <sip:b@192.0.2.4:5060;ob?Route=%3Csip:x%3E>;q=0.8;expires=99, <mailto:b@h>;x=\"y,;\"\nPath: <sip:p2.test;lr>, <sip:p1.test;lr>\nExpires: 0\nRequire: path", 1));
        var message = new SipMessage();
        var response = new byte[2048];
        var octet = Gen.OneOf(Gen.Byte, Gen.OneOf("\r\n \t\0;,:<>\"@%?=&[]*0"u8.ToArray()));
        Gen.Select(Gen.Int[0, original.Length - 1], octet).Array[1, 5].Sample(
            changes =>
            {
                var bytes = (byte[])original.Clone();
                foreach (var (at, value) in changes)
                {
                    bytes[at] = value;
                }

                SipParser.TryParse(bytes, bytes.Length, message);
                var writer = new SipWriter(response);
                var verdict = registrar.Core.Apply(message, new Flow(PeerAddress.FromV4(1, 1), Transport.Udp, listener: 0), "sip:b@home.test"u8, "t"u8, 0, ref writer);
                Assert.InRange(verdict.StatusCode, 200, 599);
                Assert.Equal(registrar.Wheel.Count, registrar.Location.Bindings);
                Assert.Equal(registrar.Bindings().Count, registrar.Location.Bindings);
            },
            iter: 10_000,
            threads: 1);
    }

    /// <summary>Seconds and strings; one list for all addresses-of-record.</summary>
    private sealed class Model
    {
        private readonly Dictionary<(string Aor, int CallId, int CSeq, int Branch), int> _served = [];
        private List<Entry> _bindings = [];

        public int Now { get; set; }

        public int Count => _bindings.Count;

        public void Expire() => _bindings.RemoveAll(b => b.Expires <= Now);

        public IEnumerable<string> Targets(string aor) => _bindings.Where(b => b.Aor == aor).Select(b => b.Contact).Order(StringComparer.Ordinal);

        public IEnumerable<string> Listed(string aor) =>
            _bindings.Where(b => b.Aor == aor).Select(b => $"<{b.Contact}>;expires={b.Expires - Now}").Order(StringComparer.Ordinal);

        public int Apply(string aor, int callId, int cseq, int branch, (string Contact, int Expires)[]? updates)
        {
            if (updates?.Any(u => u.Expires is > 0 and < 60) == true)
            {
                return 423;
            }

            if (_served.TryGetValue((aor, callId, cseq, branch), out var served) && Now < served + 32)
            {
                // The same transaction within 64*T1, RFC 3261 §17.2.2.
                return 200;
            }

            var mentioned = _bindings.Where(b => b.Aor == aor && (updates is null || updates.Any(u => u.Contact == b.Contact))).ToList();
            if (mentioned.Any(b => updates is not null && (b.CallId, b.CSeq, b.Branch) == (callId, cseq, branch)))
            {
                _served[(aor, callId, cseq, branch)] = Now;
                return 200;
            }

            if (mentioned.Any(b => b.CallId == callId && cseq <= b.CSeq))
            {
                return 500;
            }

            var next = _bindings.Where(b => !mentioned.Contains(b)).ToList();
            foreach (var (contact, expires) in updates ?? [])
            {
                next.RemoveAll(b => b.Aor == aor && b.Contact == contact);
                if (expires > 0)
                {
                    next.Add(new Entry(aor, contact, callId, cseq, branch, Now + expires));
                }
            }

            var grows = next.Count > _bindings.Count;
            if (grows && next.Count(b => b.Aor == aor) > MaxPerAor)
            {
                return 403;
            }

            if (grows && next.Count > 6)
            {
                return 503;
            }

            _bindings = next;
            if (updates is not { Length: 0 })
            {
                _served[(aor, callId, cseq, branch)] = Now;
            }

            return 200;
        }

        private sealed record Entry(string Aor, string Contact, int CallId, int CSeq, int Branch, int Expires);
    }
}
