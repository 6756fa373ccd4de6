using System.Net;
using System.Text;
using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Corpora;

/// <summary>
/// A proxy with a sender of strange messages before it and a user agent behind it. In profile P every domain is foreign
/// and every name leads to the user agent; in profile H example.com is ours and user@example.com is registered there.
/// </summary>
internal sealed class TortureBed
{
    public const string Proxy = "203.0.113.1:5060";
    public const string SenderHost = "203.0.113.2";
    public const string ServerHost = "203.0.113.9";

    private readonly Dictionary<int, SimEndpoint> _senders = [];
    private readonly List<(string From, string To, byte[] Octets)> _forwarded = [];

    private TortureBed(bool isHome, Action<SipEngineOptions>? configure)
    {
        var options = new SipEngineOptions
        {
            Mode = NetworkMode.Lan,
            Listen = [new(IPEndPoint.Parse(Proxy))],
            Domains = isHome ? ["example.com"] : [],
            Relay = true,
            Shards = 1,
        };
        configure?.Invoke(options);
        Bed = new SimTestBed(options);
        Bed.SetHost(FakeHostResolver.AnyName, ServerHost);
        Server = new SimUserAgent(Bed, Bed.Start($"{ServerHost}:5060"), "server");
        if (isHome)
        {
            Register();
        }
    }

    public SimTestBed Bed { get; }

    /// <summary>The user agent behind the proxy.</summary>
    public SimUserAgent Server { get; }

    /// <summary>Profile P: a proxy for nobody.</summary>
    public static TortureBed Pure(Action<SipEngineOptions>? configure = null) => new(isHome: false, configure);

    /// <summary>Profile H: proxy and registrar of example.com.</summary>
    public static TortureBed Home(Action<SipEngineOptions>? configure = null) => new(isHome: true, configure);

    /// <summary>The user agent that sends, bound to the port that its top Via names: there the answer goes (RFC 3261 §18.2.2).</summary>
    public SimEndpoint Sender(int port = 5060)
    {
        if (!_senders.TryGetValue(port, out var sender))
        {
            sender = (SimEndpoint)Bed.Start($"{SenderHost}:{port}");
            _senders.Add(port, sender);
        }

        return sender;
    }

    /// <summary>
    /// Sends one datagram and says in short what became of it: <c>forwarded</c>, a status code, or the reason of the
    /// drop. At most one answer may come, a 100 apart.
    /// </summary>
    public string Send(ReadOnlySpan<byte> octets, int port = 5060)
    {
        var sender = Sender(port);
        var (first, before) = (Bed.Engine.Sent.Count, Counters());
        sender.Send(octets);
        Bed.Pass(100);
        var answers = new List<string>();
        var forwarded = 0;
        foreach (var sent in Bed.Engine.Sent.Skip(first))
        {
            var words = Encoding.Latin1.GetString(sent.Octets).Split(' ', 3);
            if (words[0] != "SIP/2.0")
            {
                forwarded++;
                _forwarded.Add((Proxy, sent.To.ToString(), sent.Octets));
            }
            else if (words[1] != "100")
            {
                Assert.Equal($"{SenderHost}:{port}", sent.To.ToString());
                answers.Add(words[1]);
            }
        }

        Assert.InRange(answers.Count + forwarded, 0, 1);
        return forwarded > 0 ? "forwarded" : answers.Count > 0 ? answers[0] : Dropped(before);
    }

    /// <summary>The request that left last, and where it went.</summary>
    public (WireMessage Message, string To) Forwarded() =>
        (WireMessage.Parse(_forwarded[^1].Octets, Bed.Now, Proxy), _forwarded[^1].To);

    /// <summary>The answer to what was sent last.</summary>
    public WireMessage Answer(int port = 5060) => WireMessage.Read(Sender(port).Log[^1]);

    /// <summary>The proxy is alive and nothing is left of what it was sent.</summary>
    public void Verify()
    {
        var sender = new SimUserAgent(Bed, Sender(5999), "alive");
        sender.Send(sender.Request("OPTIONS", $"sip:{Proxy}"), Proxy);
        sender.Expect(200, "OPTIONS");
        Bed.Verify();
    }

    private void Register()
    {
        Server.Send(Server.Request("REGISTER", "sip:example.com").Set("To", "<sip:user@example.com>").Set("From", "<sip:user@example.com>;tag=r")
            .Add("Contact", $"<sip:user@{ServerHost}:5060>"));
        Server.Expect(200, "REGISTER");
    }

    private Dictionary<DropReason, long> Counters() => Enum.GetValues<DropReason>().ToDictionary(static r => r, r => Bed.Engine.Sum().Dropped(r));

    private string Dropped(Dictionary<DropReason, long> before) =>
        Counters().Where(c => c.Value > before[c.Key]).Select(static c => c.Key.ToString()).SingleOrDefault("absorbed");
}
