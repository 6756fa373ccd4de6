using System.Net;
using System.Net.Sockets;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Host.Tests.Flows;

/// <summary>
/// The flows that people try first, between two SIPps through the real host: a call that either side ends, a callee
/// that is busy, a caller that gives up, a message. Judged by the octets at both ends, the host's log and its counters.
/// </summary>
public sealed class SippFlows
{
    private static readonly string[] s_io = ["auto", "portable"];

    private static readonly string[] s_logOfAnAnsweredInvite =
    [
        "[RX] CALLER -> INVITE sip:bob@lab.test SIP/2.0", "[TX] CALLER <- SIP/2.0 100 Trying for INVITE", "[FWD] INVITE -> CALLEE R-URI=sip:bob@CALLEE",
        "[RX] CALLEE -> SIP/2.0 100 Trying for INVITE", "[RX] CALLEE -> SIP/2.0 180 Ringing for INVITE", "[TX] CALLER <- SIP/2.0 180 Ringing for INVITE",
        "[RX] CALLEE -> SIP/2.0 200 OK for INVITE", "[TX] CALLER <- SIP/2.0 200 OK for INVITE",
        "[RX] CALLER -> ACK sip:CALLEE SIP/2.0", "[FWD] ACK -> CALLEE R-URI=sip:CALLEE",
    ];

    public static TheoryData<string, string> EveryIoAndRunner
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var io in s_io)
            {
                data.Add(io, "inline");
                data.Add(io, "workers");
            }

            return data;
        }
    }

    public static TheoryData<string> EveryIo => [.. s_io];

    [Theory, MemberData(nameof(EveryIoAndRunner))]
    public async Task A_call_that_the_caller_ends(string io, string runner)
    {
        var flow = await SippFlow.RunAsync("caller-hangs-up", "callee-answers", IPAddress.Loopback, "--io", io, "--runner", runner);
        AssertCallThatTheCallerEnds(flow);
    }

    [Theory, MemberData(nameof(EveryIoAndRunner))]
    public async Task Many_calls_at_once_are_each_what_one_is(string io, string runner)
    {
        const int Calls = 300;
        var flow = await SippFlow.RunAsync(
            "caller-hangs-up", "callee-answers", IPAddress.Loopback, ["-m", $"{Calls}", "-r", "150"], ["--io", io, "--runner", runner, "--shards", "4", "--log-rate", "0"]);
        Assert.Equal(Calls, flow.Report.CallsAnswered);
        var calls = flow.EachCall().ToList();
        Assert.Equal(Calls, calls.Count);
        foreach (var call in calls)
        {
            AssertOutlinesOfACallThatTheCallerEnds(call);
            Intact.Request(call.Caller.Sent("BYE"), call.Callee.Received("BYE"), flow.Host);
        }

        flow.AssertCounters(answered: 1, forwarded: 6 * Calls, absorbed: Calls, sent: 1 + (7 * Calls));
    }

    [Fact]
    public async Task A_call_over_IPv6()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "This machine has no IPv6.");
        AssertCallThatTheCallerEnds(await SippFlow.RunAsync("caller-hangs-up", "callee-answers", IPAddress.IPv6Loopback));
    }

    [Theory, MemberData(nameof(EveryIo))]
    public async Task A_call_that_the_callee_ends(string io)
    {
        var flow = await SippFlow.RunAsync("caller-waits", "callee-hangs-up", IPAddress.Loopback, "--io", io);
        flow.AssertOutlines(
            ["> INVITE", "< 100 INVITE", "< 180 INVITE", "< 200 INVITE", "> ACK", "< BYE", "> 200 BYE"],
            ["< INVITE", "> 100 INVITE", "> 180 INVITE", "> 200 INVITE", "< ACK", "> BYE", "< 200 BYE"]);
        AssertInviteWithAnswer(flow);
        var bye = flow.Caller.Received("BYE");
        Intact.Request(flow.Callee.Sent("BYE"), bye, flow.Host);
        Assert.Equal(WireText.Uri(flow.Caller.Sent("INVITE")["Contact"]), bye.RequestUri);
        Intact.Response(flow.Caller.Sent("200 BYE"), flow.Callee.Received("200 BYE"));
        flow.AssertLog(
        [
            .. s_logOfAnAnsweredInvite,
            "[RX] CALLEE -> BYE sip:alice@CALLER SIP/2.0",
            "[FWD] BYE -> CALLER R-URI=sip:alice@CALLER", "[RX] CALLER -> SIP/2.0 200 OK for BYE", "[TX] CALLEE <- SIP/2.0 200 OK for BYE",
        ]);
        flow.AssertCounters(answered: 1, forwarded: 6, absorbed: 1, sent: 8);
        Assert.Equal(1, flow.Report.CallsAnswered);
    }

    [Theory, MemberData(nameof(EveryIo))]
    public async Task A_busy_callee_is_acknowledged_and_486_comes_once(string io)
    {
        var flow = await SippFlow.RunUndisturbedAsync("caller-busy", "callee-busy", IPAddress.Loopback, "--io", io);
        flow.AssertOutlines(
            ["> INVITE", "< 100 INVITE", "< 180 INVITE", "< 486 INVITE", "> ACK"],
            ["< INVITE", "> 180 INVITE", "> 486 INVITE", "< ACK"]);
        flow.AssertSilenceAfterAck();
        Intact.Response(flow.Callee.Sent("486 INVITE"), flow.Caller.Received("486 INVITE"));
        AssertOurAck(flow, "486 INVITE");
        flow.AssertLog(
            "[RX] CALLER -> INVITE sip:bob@lab.test SIP/2.0", "[TX] CALLER <- SIP/2.0 100 Trying for INVITE", "[FWD] INVITE -> CALLEE R-URI=sip:bob@CALLEE",
            "[RX] CALLEE -> SIP/2.0 180 Ringing for INVITE", "[TX] CALLER <- SIP/2.0 180 Ringing for INVITE",
            "[RX] CALLEE -> SIP/2.0 486 Busy Here for INVITE", "[FWD] ACK -> CALLEE R-URI=sip:bob@CALLEE",
            "[TX] CALLER <- SIP/2.0 486 Busy Here for INVITE", "[RX] CALLER -> ACK sip:bob@lab.test SIP/2.0");

        // The 486 counts as taken in: the response context keeps it and sends the best it has.
        flow.AssertCounters(answered: 1, forwarded: 2, absorbed: 2, sent: 6);
        Assert.Equal(0, flow.Report.CallsAnswered);
    }

    [Theory, MemberData(nameof(EveryIo))]
    public async Task A_caller_gives_up_while_it_rings(string io)
    {
        var flow = await SippFlow.RunUndisturbedAsync("caller-cancels", "callee-rings", IPAddress.Loopback, "--io", io);
        flow.AssertOutlines(
            ["> INVITE", "< 100 INVITE", "< 180 INVITE", "> CANCEL", "< 200 CANCEL", "< 487 INVITE", "> ACK"],
            ["< INVITE", "> 180 INVITE", "< CANCEL", "> 200 CANCEL", "> 487 INVITE", "< ACK"]);
        flow.AssertSilenceAfterAck();
        var (invite, cancel) = (flow.Callee.Received("INVITE"), flow.Callee.Received("CANCEL"));
        Assert.Equal(invite.RequestUri, cancel.RequestUri);
        Assert.Equal([invite.Vias[0]], cancel.Vias);
        Assert.Equal("1 CANCEL", cancel["CSeq"]);
        Assert.Single(flow.Caller.Received("200 CANCEL").Vias);
        Intact.Response(flow.Callee.Sent("487 INVITE"), flow.Caller.Received("487 INVITE"));
        AssertOurAck(flow, "487 INVITE");
        flow.AssertLog(
            "[RX] CALLER -> INVITE sip:bob@lab.test SIP/2.0", "[TX] CALLER <- SIP/2.0 100 Trying for INVITE", "[FWD] INVITE -> CALLEE R-URI=sip:bob@CALLEE",
            "[RX] CALLEE -> SIP/2.0 180 Ringing for INVITE", "[TX] CALLER <- SIP/2.0 180 Ringing for INVITE",
            "[RX] CALLER -> CANCEL sip:bob@lab.test SIP/2.0", "[TX] CALLER <- SIP/2.0 200 OK for CANCEL", "[FWD] CANCEL -> CALLEE R-URI=sip:bob@CALLEE",
            "[RX] CALLEE -> SIP/2.0 200 OK for CANCEL", "[RX] CALLEE -> SIP/2.0 487 Request Terminated for INVITE", "[FWD] ACK -> CALLEE R-URI=sip:bob@CALLEE",
            "[TX] CALLER <- SIP/2.0 487 Request Terminated for INVITE", "[RX] CALLER -> ACK sip:bob@lab.test SIP/2.0");
        flow.AssertCounters(answered: 2, forwarded: 2, absorbed: 3, sent: 8);
        Assert.Equal(0, flow.Report.CallsAnswered);
    }

    [Theory, MemberData(nameof(EveryIo))]
    public async Task A_message_arrives_as_it_was_written(string io)
    {
        var flow = await SippFlow.RunAsync("message-sender", "message-receiver", IPAddress.Loopback, "--io", io);
        flow.AssertOutlines(["> MESSAGE", "< 200 MESSAGE"], ["< MESSAGE", "> 200 MESSAGE"]);
        var (sent, received) = (flow.Caller.Sent("MESSAGE"), flow.Callee.Received("MESSAGE"));
        Assert.Contains("not-a-header", sent.Body, StringComparison.Ordinal);
        Intact.Request(sent, received, flow.Host);
        Assert.Equal($"sip:bob@{flow.CalleeAddress}", received.RequestUri);
        Intact.Response(flow.Callee.Sent("200 MESSAGE"), flow.Caller.Received("200 MESSAGE"));
        flow.AssertLog(
            "[RX] CALLER -> MESSAGE sip:bob@lab.test SIP/2.0", "[FWD] MESSAGE -> CALLEE R-URI=sip:bob@CALLEE",
            "[RX] CALLEE -> SIP/2.0 200 OK for MESSAGE", "[TX] CALLER <- SIP/2.0 200 OK for MESSAGE");
        flow.AssertCounters(answered: 1, forwarded: 2, absorbed: 0, sent: 3);
    }

    private static void AssertCallThatTheCallerEnds(SippFlow flow)
    {
        AssertOutlinesOfACallThatTheCallerEnds(flow);
        AssertInviteWithAnswer(flow);
        var bye = flow.Callee.Received("BYE");
        Intact.Request(flow.Caller.Sent("BYE"), bye, flow.Host);
        Assert.Equal($"sip:{flow.CalleeAddress}", bye.RequestUri);
        Intact.Response(flow.Callee.Sent("200 BYE"), flow.Caller.Received("200 BYE"));
        flow.AssertLog(
        [
            .. s_logOfAnAnsweredInvite,
            "[RX] CALLER -> BYE sip:CALLEE SIP/2.0", "[FWD] BYE -> CALLEE R-URI=sip:CALLEE", "[RX] CALLEE -> SIP/2.0 200 OK for BYE", "[TX] CALLER <- SIP/2.0 200 OK for BYE",
        ]);
        flow.AssertCounters(answered: 1, forwarded: 6, absorbed: 1, sent: 8);
        Assert.Equal(flow.Registers, flow.Report.Registrations);
        Assert.Equal(1, flow.Report.CallsAnswered);
    }

    private static void AssertOutlinesOfACallThatTheCallerEnds(SippFlow flow) => flow.AssertOutlines(
        ["> INVITE", "< 100 INVITE", "< 180 INVITE", "< 200 INVITE", "> ACK", "> BYE", "< 200 BYE"],
        ["< INVITE", "> 100 INVITE", "> 180 INVITE", "> 200 INVITE", "< ACK", "< BYE", "> 200 BYE"]);

    /// <summary>INVITE to ACK: the target rewritten, Record-Route there, 100 kept on its hop, all else as it was.</summary>
    private static void AssertInviteWithAnswer(SippFlow flow)
    {
        var (sent, received) = (flow.Caller.Sent("INVITE"), flow.Callee.Received("INVITE"));
        Intact.Request(sent, received, flow.Host);
        Assert.Equal($"sip:bob@{flow.CalleeAddress}", received.RequestUri);
        Assert.Equal([$"<sip:{flow.Host};lr>"], received.All("Record-Route"));
        foreach (var response in (string[])["180 INVITE", "200 INVITE"])
        {
            Intact.Response(flow.Callee.Sent(response), flow.Caller.Received(response));
        }

        // Our own 100, not the callee's: it has no tag, and came although the callee's stays on its hop.
        Assert.Null(flow.Caller.Received("100 INVITE").ToTag);
        var ack = flow.Callee.Received("ACK");
        Intact.Request(flow.Caller.Sent("ACK"), ack, flow.Host);
        Assert.Equal($"sip:{flow.CalleeAddress}", ack.RequestUri);
        Assert.NotEqual(received.Branch, ack.Branch);
    }

    /// <summary>The ACK for a non-2xx is made by each hop for itself (RFC 3261 §17.1.1.3): the INVITE's branch and Request-URI, To of the response.</summary>
    private static void AssertOurAck(SippFlow flow, string response)
    {
        var (invite, ack) = (flow.Callee.Received("INVITE"), flow.Callee.Received("ACK"));
        Assert.Equal(invite.RequestUri, ack.RequestUri);
        Assert.Equal([invite.Vias[0]], ack.Vias);
        Assert.Equal("1 ACK", ack["CSeq"]);
        Assert.Equal(flow.Callee.Sent(response)["To"], ack["To"]);
        Assert.Equal(invite["From"], ack["From"]);
        Assert.Equal("", ack.Body);
    }
}
