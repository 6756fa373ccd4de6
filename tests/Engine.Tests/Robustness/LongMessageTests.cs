using System.Text;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Robustness;

/// <summary>
/// Messages as long as a datagram can be. What we add to them may not fit any more: then they are refused, and nothing
/// that is cut or longer than a datagram ever leaves.
/// </summary>
public sealed class LongMessageTests
{
    /// <summary>What is passed on grows by our Via, our Record-Route and more: this much at most.</summary>
    private const int MostAdded = 400;

    /// <summary>The part that is made long.</summary>
    public static TheoryData<string> Parts => ["Via", "Call-ID", "From", "To", "Subject", "Route", "body", "Request-URI", "User-Agent"];

    [Theory]
    [MemberData(nameof(Parts))]
    public void A_request_of_any_length_is_passed_on_whole_or_answered_whole(string part)
    {
        var shard = new ShardOracle();
        foreach (var method in (string[])["INVITE", "MESSAGE", "REGISTER", "ACK", "CANCEL"])
        {
            for (var length = ShardOracle.MaxDatagram - MostAdded; length <= ShardOracle.MaxDatagram; length += 13)
            {
                shard.Feed(Request(method, "far.test", part, length), $"{method} to a foreign domain, {length} octets");
                shard.Feed(Request(method, "home.test", part, length), $"{method} to nobody at home, {length} octets");
            }

            shard.Probe();
        }

        shard.Verify();
    }

    [Theory]
    [InlineData(180)]
    [InlineData(200)]
    public void A_response_of_any_length_is_passed_on(int status) => PassOn(status, forwarded: 0);

    [Theory]
    [InlineData(486)]
    [InlineData(603)]
    public void A_failure_of_any_length_is_acknowledged(int status) => PassOn(status, forwarded: 1);

    /// <summary>The longest response goes upstream: it only gets shorter on its way, since our Via goes. A failure has its ACK too.</summary>
    private static void PassOn(int status, int forwarded)
    {
        var shard = new ShardOracle();
        shard.Bench.Receive(Request("INVITE", "far.test", "Subject", 1000), ShardOracle.Sender);
        var text = Encoding.Latin1.GetString(LiveResponse.To(shard.Bench.Sent(1), status));
        var pad = new string('x', ShardOracle.MaxDatagram - text.Length - "Subject: \r\n".Length);
        shard.Feed(Encoding.Latin1.GetBytes(text.Replace("\r\nFrom:", $"\r\nSubject: {pad}\r\nFrom:", StringComparison.Ordinal)), $"{status}", ShardOracle.Server);
        Assert.Equal((forwarded, status >= 200 ? status : 0), (shard.Forwarded, shard.Answer));
        shard.Verify();
    }

    [Theory]
    [InlineData("X: 1\r\n", 240, true)]
    [InlineData("X: 1\r\n", 10_000, false)]
    [InlineData("Route: <sip:a.test;lr>\r\n", 10_000, false)]
    [InlineData("Via: SIP/2.0/UDP a.test\r\n", 10_000, false)]
    [InlineData("Route: <sip:a.test;lr>,,,,,,,,,,,,,,,,\r\n", 200, true)]
    public void More_header_fields_than_the_limit_are_refused(string field, int count, bool isPassedOn)
    {
        var shard = new ShardOracle();
        var request = Encoding.Latin1.GetString(Request("MESSAGE", "far.test", "Subject", 600));
        var octets = Encoding.Latin1.GetBytes(request.Replace("Subject:", string.Concat(Enumerable.Repeat(field, count)) + "Subject:", StringComparison.Ordinal));
        shard.Feed(octets.AsSpan(0, Math.Min(octets.Length, ShardOracle.MaxDatagram)), $"{count} fields");
        Assert.Equal(isPassedOn ? (1, 0) : (0, 400), (shard.Forwarded, shard.Answer));
        shard.Verify();
    }

    private static byte[] Request(string method, string domain, string part, int length)
    {
        string Pad(string name, int count) => name == part ? new string('x', count) : "";
        string Text(int pad, int body) =>
            $"{method} sip:b{Pad("Request-URI", pad)}@{domain} SIP/2.0\r\nVia: SIP/2.0/UDP 203.0.113.2;branch=z9hG4bK-{length}-{domain}-{method}{Pad("Via", pad)};rport\r\n"
            + $"Max-Forwards: 70\r\nFrom: \"{Pad("From", pad)}\" <sip:a@far.test>;tag=a\r\nTo: \"{Pad("To", pad)}\" <sip:b@{domain}>\r\n"
            + $"Call-ID: {length}{Pad("Call-ID", pad)}\r\nCSeq: 1 {method}\r\nContact: <sip:a@203.0.113.2>\r\nSubject: {Pad("Subject", pad)}\r\n"
            + (part == "Route" ? $"Route: <sip:{Pad("Route", pad)}@next.test;lr>\r\n" : "")
            + $"User-Agent: {Pad("User-Agent", pad)}\r\nContent-Length: {body:D5}\r\n\r\n{Pad("body", body)}";

        var room = length - Text(0, 0).Length;
        return Encoding.Latin1.GetBytes(part == "body" ? Text(0, room) : Text(room, 0));
    }
}
