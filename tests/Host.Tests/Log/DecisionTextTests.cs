using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Host.Log;
using Microsoft.Extensions.Logging;

namespace ImsSipFast.Host.Tests.Log;

/// <summary>The lines that users of the Python server look for, to the letter.</summary>
public sealed class DecisionTextTests
{
    [Fact]
    public void RX_line() => Assert.Equal(
        "[RX] 192.168.1.100:5060 -> INVITE sip:1002@example.com SIP/2.0",
        Line(Records.Of(DecisionVerb.Rx, "INVITE sip:1002@example.com SIP/2.0", peer: Records.Peer("192.168.1.100", 5060))));

    [Fact]
    public void TX_line()
    {
        var record = Records.Of(DecisionVerb.Tx, "SIP/2.0 200 OK", peer: Records.Peer("192.168.1.100", 5060));
        Assert.Equal("[TX] 192.168.1.100:5060 <- SIP/2.0 200 OK", Line(record));
        record.Count = 2;
        Assert.Equal("[TX] 192.168.1.100:5060 <- SIP/2.0 200 OK (bindings=2)", Line(record));
        record.SetDetail("REGISTER"u8);
        Assert.Equal("[TX] 192.168.1.100:5060 <- SIP/2.0 200 OK (bindings=2) for REGISTER", Line(record));
        record.Count = -1;
        Assert.Equal("[TX] 192.168.1.100:5060 <- SIP/2.0 200 OK for REGISTER", Line(record));
    }

    [Fact]
    public void FWD_line()
    {
        var peer = Records.Peer("192.168.1.200", 5060);
        Assert.Equal(
            "[FWD] INVITE -> 192.168.1.200:5060 R-URI=sip:1002@example.com", Line(Records.Of(DecisionVerb.Fwd, "INVITE", "sip:1002@example.com", peer)));
        Assert.Equal("[FWD] BYE -> 192.168.1.200:5060", Line(Records.Of(DecisionVerb.Fwd, "BYE", peer: peer)));
    }

    [Fact]
    public void An_IPv6_peer_stands_in_brackets() => Assert.Equal(
        "[RX] [2001:db8::1]:5060 -> BYE sip:a@b SIP/2.0", Line(Records.Of(DecisionVerb.Rx, "BYE sip:a@b SIP/2.0", peer: Records.Peer("2001:db8::1", 5060))));

    [Fact]
    public void FAIL_line_says_why()
    {
        var record = Records.Of(DecisionVerb.Fail, "INVITE", "sip:1002@192.168.1.200", Records.Peer("192.168.1.200", 5060));
        record.Failure = FailureReason.Unreachable;
        Assert.Equal("[FAIL] INVITE -> 192.168.1.200:5060 sip:1002@192.168.1.200: unreachable (ICMP), taken as a 503", Line(record));
        record = Records.Of(DecisionVerb.Fail, "INVITE", "pbx.example.com");
        record.Failure = FailureReason.NoAddress;
        Assert.Equal("[FAIL] INVITE pbx.example.com: this host name has no address, or no name server answered", Line(record));
        record.Failure = FailureReason.NotServed;
        Assert.Equal("[FAIL] INVITE pbx.example.com: this name leads to this proxy, which does not serve it; if it shall, start with --domain and this name", Line(record));
    }

    [Fact]
    public void Every_failure_has_words_of_its_own()
    {
        var reasons = Enum.GetValues<FailureReason>().Where(static r => r != FailureReason.None).ToList();
        Assert.Equal(reasons.Count, reasons.Select(FailureSentences.Of).Where(static s => s != "failed").Distinct().Count());
    }

    [Fact]
    public void DROP_line_names_the_reason_and_what_was_dropped()
    {
        var record = Records.Of(DecisionVerb.Drop, "GET / HTTP/1.1", peer: Records.Peer("192.0.2.7", 40000));
        record.Reason = DropReason.NotSip;
        Assert.Equal("[DROP] Not SIP: no start line (NotSip) from 192.0.2.7:40000: GET / HTTP/1.1", Line(record));
        Assert.Equal("[DROP] Malformed response (MalformedResponse)", Line(new DecisionRecord { Verb = DecisionVerb.Drop, Reason = DropReason.MalformedResponse }));
    }

    [Fact]
    public void Every_drop_reason_has_a_sentence_of_its_own()
    {
        var reasons = Enum.GetValues<DropReason>().Where(static r => r != DropReason.None).ToList();
        Assert.Equal(reasons.Count, reasons.Select(DropSentences.Of).Where(static s => s != "Dropped").Distinct().Count());
    }

    [Fact]
    public void TIMER_lines()
    {
        Assert.Equal(
            "[TIMER-F] Cleaned up expired pending request: abc123... (age: 300.5s)", Line(Records.Timer(TimerTag.F, "abc123", ageSeconds: 300.5)));
        Assert.Equal(
            "[TIMER-DIALOG] Cleaned up stale dialog: xyz789... (age: 60.2min)", Line(Records.Timer(TimerTag.Dialog, "xyz789", ageSeconds: 60.2 * 60)));
        Assert.Equal(
            "[TIMER-H] Cleaned up INVITE branch: abc123... (branch: z9hG4bK-xxx, age: 32.5s)",
            Line(Records.Timer(TimerTag.H, "abc123", "z9hG4bK-xxx", ageSeconds: 32.5)));
        Assert.Equal(
            "[TIMER-C] INVITE branch without a final answer is cancelled: abc123... (branch: z9hG4bK-xxx, age: 181.0s)",
            Line(Records.Timer(TimerTag.C, "abc123", "z9hG4bK-xxx", ageSeconds: 181)));
        Assert.Equal(
            "[TIMER-REG] Cleaned up 2 expired binding(s) for sip:1001@192.168.137.1",
            Line(Records.Timer(TimerTag.Registration, "", "sip:1001@192.168.137.1", count: 2)));
        Assert.Equal(
            "[TIMER-REG] Cleaned up 1 expired binding(s) for sip:1001@192.168.137.1",
            Line(Records.Timer(TimerTag.Registration, "sip:1001@192.168.137.1", count: 1)));
        Assert.Equal(
            "[TIMER-CLEANUP] pending=0, dialogs=3, branches=1, bindings=2", Line(Records.Timer(TimerTag.Cleanup, "pending=0, dialogs=3, branches=1, bindings=2")));
    }

    [Fact]
    public void A_note_is_an_INFO_line() => Assert.Equal("[INFO] Domain adopted as ours: example.com", Line(Records.Of(DecisionVerb.Note, "Domain adopted as ours: ", "example.com")));

    [Fact]
    public void The_rule_is_shown_when_asked_for()
    {
        var record = Records.Of(DecisionVerb.Tx, "SIP/2.0 483 Too Many Hops", peer: Records.Peer("192.0.2.1", 5060));
        record.Rule = "16.3";
        Assert.Equal("192.0.2.1:5060 <- SIP/2.0 483 Too Many Hops", DecisionText.Of(record, withRule: false));
        Assert.Equal("192.0.2.1:5060 <- SIP/2.0 483 Too Many Hops {RFC 3261 §16.3}", DecisionText.Of(record, withRule: true));
        record.Rule = "RFC 4320 4.1";
        Assert.EndsWith(" {RFC 4320 4.1}", DecisionText.Of(record, withRule: true), StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_that_the_shard_cut_says_so() =>
        Assert.Equal($"[FWD] MESSAGE -> 192.0.2.1:5060 R-URI=sip:{new string('x', 92)}…", Line(Records.Of(
            DecisionVerb.Fwd, "MESSAGE", "sip:" + new string('x', 200), Records.Peer("192.0.2.1", 5060))));

    [Fact]
    public void Only_keep_alives_are_left_to_level_debug()
    {
        foreach (var reason in Enum.GetValues<DropReason>())
        {
            Assert.Equal(
                reason == DropReason.KeepAlive ? LogLevel.Debug : LogLevel.Information,
                DecisionText.LevelOf(new DecisionRecord { Verb = DecisionVerb.Drop, Reason = reason }));
        }
    }

    [Fact]
    public void A_hostile_message_cannot_drive_the_terminal_or_forge_a_line()
    {
        var record = Records.Of(DecisionVerb.Rx, "OPTIONS sip:a\e[2J\e]0;owned\a\r\n[TX] forged\u009b31m\u202Egpj.exe\0"u8.ToArray(), peer: Records.Peer("192.0.2.1", 5060));
        Assert.Equal(
            @"[RX] 192.0.2.1:5060 -> OPTIONS sip:a\x1B[2J\x1B]0;owned\x07\r\n[TX] forged\u{9B}31m\u{202E}gpj.exe\x00", Line(record));
    }

    private static string Line(in DecisionRecord record) => $"[{DecisionText.TagOf(record)}] {DecisionText.Of(record, withRule: false)}";
}
