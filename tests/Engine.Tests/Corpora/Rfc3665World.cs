using System.Net;
using System.Text;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Corpora;

/// <summary>
/// The cast of RFC 3665 on one simulated network: Alice and Bob, and each of their proxies an engine of its own with the
/// name and the address that the RFC gives it. Everything is carried over UDP.
/// </summary>
internal sealed class Rfc3665World
{
    private static readonly Dictionary<string, (string Name, string Address, string? Domain)> s_cast = new()
    {
        ["Alice"] = ("client.atlanta.example.com", "192.0.2.101", null),
        ["Bob"] = ("client.biloxi.example.com", "192.0.2.201", null),
        ["Bob in Chicago"] = ("client.chicago.example.com", "192.0.2.100", null),
        ["Proxy-1"] = ("ss1.atlanta.example.com", "192.0.2.111", "atlanta.example.com"),
        ["Proxy-2"] = ("ss2.biloxi.example.com", "192.0.2.222", "biloxi.example.com"),
        ["Proxy-3"] = ("ss3.chicago.example.com", "192.0.2.233", "chicago.example.com"),
    };

    private readonly SimClock _clock = new();
    private readonly SimNetwork _network;
    private readonly FakeHostResolver _hosts;
    private readonly List<(string From, string To, WireMessage Message)> _wire = [];

    public Rfc3665World()
    {
        _network = new SimNetwork(_clock, seed: 1);
        _hosts = new FakeHostResolver(_clock);
        foreach (var (actor, (name, address, domain)) in s_cast)
        {
            var at = PeerAddress.From(IPAddress.Parse(address), 5060);
            _hosts.Set(name, [at], 0);
            if (domain is null)
            {
                foreach (var port in (int[])[5060, 5061])
                {
                    _network.Bind(at.WithPort(port), (from, octets) => Arrived(from, actor, octets));
                }
            }
            else
            {
                _hosts.Set(domain, [at], 0);
                Proxies.Add(actor, Start(name, address, domain));
            }
        }
    }

    /// <summary>The proxies by name.</summary>
    public Dictionary<string, SimEngine> Proxies { get; } = [];

    /// <summary>Every message that passed between two of the cast and was not taken yet.</summary>
    public IReadOnlyList<(string From, string To, WireMessage Message)> Wire => _wire;

    public long Now => _clock.Now;

    /// <summary>A user agent sends to a proxy, and time goes on for a moment.</summary>
    public void Send(string from, string to, byte[] octets, int port = 5060)
    {
        var source = AddressOf(from).WithPort(port);
        _network.Send(source, AddressOf(to), octets);
        Run(10);
    }

    /// <summary>The next message from one to the other; the test fails when there is none.</summary>
    public WireMessage Take(string from, string to)
    {
        var at = _wire.FindIndex(m => m.From == from && m.To == to);
        Assert.True(at >= 0, $"nothing from {from} to {to}; what there is:\n{string.Join('\n', _wire.Select(static m => $"{m.From} {m.To} {m.Message.StartLine}"))}");
        var message = _wire[at].Message;
        _wire.RemoveAt(at);
        return message;
    }

    /// <summary>Lets time pass.</summary>
    public void Run(long milliseconds)
    {
        var end = Now + milliseconds;
        while (true)
        {
            var next = Math.Max(Now, Math.Min(_clock.NextTick, Proxies.Values.Min(static p => p.NextDueTick)));
            if (next > end)
            {
                _clock.MoveTo(end);
                return;
            }

            _clock.MoveTo(next);
            foreach (var proxy in Proxies.Values)
            {
                proxy.Advance();
            }

            _clock.RunNext();
        }
    }

    /// <summary>After a quiet time no proxy holds anything of the flow.</summary>
    public void Verify()
    {
        Run(600_000);
        foreach (var proxy in Proxies.Values)
        {
            var metrics = proxy.Sum();
            Assert.Equal((0, 0), (metrics.TransactionsAlive, metrics.ContextsAlive));
            Assert.Equal(0, proxy.Pool.Outstanding);
            Assert.Equal(metrics.Received, metrics.Answered + metrics.Forwarded + metrics.Absorbed + metrics.DroppedTotal());
        }
    }

    private SimEngine Start(string name, string address, string domain)
    {
        var options = new SipEngineOptions
        {
            Mode = NetworkMode.Lan,
            Listen = [new(IPEndPoint.Parse($"{address}:5060"))],
            Domains = [domain],
            Advertise = name,
            Relay = true,
            Shards = 1,
        };
        var engine = Fixtures.Engine(options, _clock, _network, _hosts, Fixtures.Keys(secret: name.Length, process: name.Length));
        var actor = s_cast.Single(c => c.Value.Name == name).Key;
        engine.OnSend = (to, octets) => Note(actor, to, octets);
        return engine;
    }

    private void Note(string from, PeerAddress to, byte[] octets)
    {
        // What goes to a user agent is noted when it arrives.
        var receiver = s_cast.Single(c => PeerAddress.From(IPAddress.Parse(c.Value.Address), 0).SameHost(to)).Key;
        if (s_cast[receiver].Domain is not null)
        {
            _wire.Add((from, receiver, WireMessage.Parse(octets, Now, from)));
        }
    }

    private void Arrived(PeerAddress from, string actor, byte[] octets)
    {
        var sender = s_cast.Single(c => PeerAddress.From(IPAddress.Parse(c.Value.Address), 0).SameHost(from)).Key;
        _wire.Add((sender, actor, WireMessage.Parse(octets, Now, sender)));
    }

    private static PeerAddress AddressOf(string actor) => PeerAddress.From(IPAddress.Parse(s_cast[actor].Address), 5060);
}
