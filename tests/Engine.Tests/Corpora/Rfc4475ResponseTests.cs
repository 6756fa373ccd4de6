using System.Text;
using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Corpora;

/// <summary>
/// The responses of RFC 4475 as answers to a call that is really there: the status line, and what else is strange of
/// them, on the Vias of that call.
/// </summary>
public sealed class Rfc4475ResponseTests
{
    private readonly TortureBed _bed = TortureBed.Home();
    private readonly SimUserAgent _caller;

    public Rfc4475ResponseTests() => _caller = new SimUserAgent(_bed.Bed, _bed.Sender(), "caller");

    [Fact]
    public void S3_1_1_12_unreason_passes_its_reason_phrase_octet_for_octet()
    {
        var atServer = Call();
        _bed.Server.Endpoint.Send(Live("unreason", atServer));
        var ok = _caller.Expect(200, "INVITE");
        var reason = RawMessage.Read(Rfc4475Cases.Read("unreason")).StartLine["SIP/2.0 200 ".Length..];
        Assert.Equal(reason, ok.Reason);
        Assert.Equal(154, ok.Body.Length);
        _bed.Verify();
    }

    [Theory]
    [InlineData(183, "SIP/2.0 183 ")]
    [InlineData(486, "SIP/2.0 486 ")]
    // Without even the space: against the grammar, but what else could it be.
    [InlineData(486, "SIP/2.0 486")]
    public void S3_1_1_13_noreason_passes_without_a_reason(int status, string statusLine)
    {
        var atServer = Call();
        var response = _bed.Server.Answer(atServer, status);
        response.StartLine = statusLine;
        _bed.Server.Send(response, atServer.From);
        var got = _caller.Expect(status, "INVITE");
        Assert.Equal(statusLine, got.StartLine);
        _bed.Server.Reply(atServer, 487);
        _bed.Verify();
    }

    [Theory]
    [InlineData("scalarlg")]
    [InlineData("bigcode")]
    public void S3_1_2_a_response_that_does_not_parse_is_dropped_and_the_call_goes_on(string file)
    {
        var atServer = Call();
        var before = _caller.Log.Count;
        _bed.Server.Endpoint.Send(Live(file, atServer));
        _bed.Bed.Pass(100);
        Assert.Equal(before, _caller.Log.Count);
        Assert.Equal(1, _bed.Bed.Engine.Sum().Dropped(DropReason.MalformedResponse));
        _bed.Server.Reply(atServer, 180);
        _caller.Expect(180);
        _bed.Server.Reply(atServer, 603);
        _caller.Expect(603);
        _bed.Verify();
    }

    [Fact]
    public void S3_3_10_bcast_goes_to_the_caller_and_never_to_the_address_in_its_Via()
    {
        // Its second Via is 255.255.255.255. A response goes where its own request came from, so the Via below ours
        // decides nothing; without a request of ours it goes nowhere.
        var atServer = Call();
        var response = Encoding.Latin1.GetString(Rfc4475Cases.Read("bcast"))
            .Replace("Via: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324923", $"Via: {atServer.Vias[0]}", StringComparison.Ordinal);
        _bed.Server.Endpoint.Send(Encoding.Latin1.GetBytes(response));
        _bed.Bed.Pass(100);
        _bed.Server.Endpoint.Send(Rfc4475Cases.Read("bcast"));
        _bed.Bed.Pass(100);
        Assert.All(_bed.Bed.Engine.Sent, static s => Assert.False(s.To.IsBroadcastOrMulticast));
        Assert.Equal(1, _bed.Bed.Engine.Sum().Dropped(DropReason.ViaNotOurs));
    }

    private WireMessage Call()
    {
        _caller.Ask("INVITE", "sip:user@example.com");
        _caller.Expect(100);
        return _bed.Server.Expect("INVITE");
    }

    /// <summary>The message with the Vias and the ids of the call.</summary>
    private static byte[] Live(string file, WireMessage request)
    {
        var raw = RawMessage.Read(Rfc4475Cases.Read(file));
        var text = new StringBuilder(raw.StartLine).Append("\r\n");
        request.Vias.ForEach(via => text.Append("Via: ").Append(via).Append("\r\n"));
        text.Append("From: ").Append(request["From"]).Append("\r\n").Append("To: ").Append(request["To"]).Append(";tag=live\r\n");
        text.Append("Call-ID: ").Append(request["Call-ID"]).Append("\r\n");
        text.Append(file == "scalarlg" ? "CSeq: 9292394834772304023312 INVITE\r\n" : $"CSeq: {request["CSeq"]}\r\n");
        raw.LinesExcept("Via", "From", "To", "Call-ID", "CSeq").ForEach(line => text.Append(line));
        return Encoding.Latin1.GetBytes(text.Append("\r\n").Append(raw.Body).ToString());
    }
}
