using System.Net;
using ImsSipFast.Engine.Tests.Conformance;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Field;

/// <summary>
/// What users of other proxies reported, with the cast of INDEX.md: the proxy at 127.0.0.1:27000 for lab.test, the caller at
/// 127.0.0.2:27102, the callee at 127.0.0.3:27103. Like a conformance case it knows the Engine's options and nothing else
/// of it, so Host.Tests runs each test without parameters over real sockets too (<c>FieldOverSockets</c>).
/// </summary>
public abstract class FieldTest : ConformanceTest
{
    /// <summary>Address and port that the proxy listens on unless a case says otherwise.</summary>
    protected const string ProxyAddress = "127.0.0.1:27000";

    protected override string Domain => "lab.test";

    protected SimUserAgent Caller => Agent("caller", "127.0.0.2:27102");

    protected SimUserAgent Callee => Agent("callee", "127.0.0.3:27103");

    protected override void Configure(SipEngineOptions options)
    {
        options.Listen = [new(IPEndPoint.Parse(ProxyAddress))];
        options.Domains = [Domain];
        options.Mode = NetworkMode.Lan;
    }

    /// <summary>Sends datagram <paramref name="number"/> of the exchange octet by octet, and returns it to be looked at.</summary>
    protected static WireMessage Send(FieldExchange exchange, int number, SimUserAgent from, string? to = null) =>
        Send(exchange.Read(number), from, to);

    /// <summary>The same for a response: <paramref name="received"/> is the request that it answers, as it arrived.</summary>
    protected static WireMessage Answer(FieldExchange exchange, int number, SimUserAgent from, WireMessage received) =>
        Send(exchange.Read(number, received, from.Tag), from, received.From);

    /// <summary>Sends a REGISTER of the exchange and takes its 200.</summary>
    protected static void SendRegister(FieldExchange exchange, int number, SimUserAgent from, string? to = null)
    {
        Send(exchange, number, from, to);
        from.Expect(200, "REGISTER");
    }

    /// <summary>Sends an INVITE of the exchange, takes the 100, and returns it as sent.</summary>
    protected static WireMessage SendInvite(FieldExchange exchange, int number, SimUserAgent from, string? to = null)
    {
        var invite = Send(exchange, number, from, to);
        from.Expect(100, "INVITE");
        return invite;
    }

    protected static WireMessage Send(string text, SimUserAgent from, string? to = null)
    {
        from.Send(text, to);
        return WireMessage.Parse(System.Text.Encoding.Latin1.GetBytes(text));
    }
}
