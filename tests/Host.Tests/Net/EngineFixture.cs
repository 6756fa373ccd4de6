using System.Net;
using System.Net.Sockets;
using System.Text;
using ImsSipFast.Engine;

namespace ImsSipFast.Host.Tests.Net;

/// <summary>A running engine on loopback and user agents that are plain sockets.</summary>
internal sealed class EngineFixture : IAsyncDisposable
{
    private readonly List<Socket> _agents = [];
    private int _branch;

    private EngineFixture(SipEngine engine) => Engine = engine;

    public SipEngine Engine { get; }

    public IPEndPoint Address => Engine.BoundEndPoints[0];

    public static async Task<EngineFixture> Start(Action<SipEngineOptions>? change = null, TimeProvider? time = null)
    {
        var options = new SipEngineOptions { Listen = [new ListenAddress(new IPEndPoint(IPAddress.Loopback, 0))], Shards = 4, DrainTimeout = 1 };
        change?.Invoke(options);
        SipEngine.PrepareProcess();
        var engine = new SipEngine(options, time: time);
        await engine.StartAsync();
        return new EngineFixture(engine);
    }

    public Socket Agent()
    {
        var agent = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 10_000 };
        agent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        agent.Connect(Address);
        _agents.Add(agent);
        return agent;
    }

    /// <summary>Sends a request of that agent with a Via, From, To, Call-ID and CSeq of its own.</summary>
    public string Send(Socket agent, string method, string uri, string to, string callId, string more = "")
    {
        var branch = $"z9hG4bK-{Interlocked.Increment(ref _branch)}";
        var own = agent.LocalEndPoint!;
        agent.Send(Encoding.ASCII.GetBytes(
            $"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {own};branch={branch}\r\nMax-Forwards: 70\r\nFrom: <sip:me@home.test>;tag=1\r\n"
            + $"To: <{to}>\r\nCall-ID: {callId}\r\nCSeq: 1 {method}\r\nContact: <sip:me@{own}>\r\n{more}Content-Length: 0\r\n\r\n"));
        return branch;
    }

    public string Register(Socket agent, string user)
    {
        Send(agent, "REGISTER", "sip:home.test", $"sip:{user}@home.test", $"reg-{user}");
        return Read(agent);
    }

    public static string Read(Socket agent)
    {
        var buffer = new byte[65_536];
        return Encoding.ASCII.GetString(buffer, 0, agent.Receive(buffer));
    }

    public static void Reply(Socket agent, string request, string status)
    {
        var kept = request.Split("\r\n").Where(static l =>
            l.StartsWith("Via:", StringComparison.Ordinal) || l.StartsWith("From:", StringComparison.Ordinal) || l.StartsWith("To:", StringComparison.Ordinal)
            || l.StartsWith("Call-ID:", StringComparison.Ordinal) || l.StartsWith("CSeq:", StringComparison.Ordinal));
        agent.Send(Encoding.ASCII.GetBytes($"SIP/2.0 {status}\r\n{string.Join("\r\n", kept)}\r\nContent-Length: 0\r\n\r\n"));
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        _agents.ForEach(static a => a.Dispose());
    }
}
