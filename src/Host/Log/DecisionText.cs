using System.Globalization;
using System.Text;
using ImsSipFast.Engine.Diagnostics;
using Microsoft.Extensions.Logging;

namespace ImsSipFast.Host.Log;

/// <summary>
/// A decision record as a line of the operator log, in the words of the Python server that this one replaces:
/// its users' scripts look for them.
/// </summary>
internal static class DecisionText
{
    // Behind this many octets the shard cut the text.
    private const string Cut = "…";

    /// <summary>The tag in brackets.</summary>
    public static string TagOf(in DecisionRecord record) => record.Verb switch
    {
        DecisionVerb.Rx => "RX",
        DecisionVerb.Tx => "TX",
        DecisionVerb.Fwd => "FWD",
        DecisionVerb.Drop => "DROP",
        DecisionVerb.Note => "INFO",
        DecisionVerb.Fail => "FAIL",
        _ => TagOf(record.Timer),
    };

    /// <summary>The tag of a timer's line.</summary>
    public static string TagOf(TimerTag timer) => timer switch
    {
        TimerTag.F => "TIMER-F",
        TimerTag.C => "TIMER-C",
        TimerTag.H => "TIMER-H",
        TimerTag.Dialog => "TIMER-DIALOG",
        TimerTag.Registration => "TIMER-REG",
        TimerTag.Cleanup => "TIMER-CLEANUP",
        _ => "TIMER",
    };

    /// <summary>Keep-alives come every few seconds from every phone: only debug shows them.</summary>
    public static LogLevel LevelOf(in DecisionRecord record) =>
        record is { Verb: DecisionVerb.Drop, Reason: DropReason.KeepAlive } ? LogLevel.Debug : LogLevel.Information;

    /// <summary>What stands behind the tag; with the RFC's section that decided when <paramref name="withRule"/> asks for it.</summary>
    public static string Of(in DecisionRecord record, bool withRule)
    {
        var text = record.Verb switch
        {
            DecisionVerb.Rx => $"{record.Flow.Remote} -> {Shown(record.Text)}{Labelled(" for ", record.Detail)}",
            DecisionVerb.Tx => $"{record.Flow.Remote} <- {Shown(record.Text)}{Bindings(record.Count)}{Labelled(" for ", record.Detail)}",
            DecisionVerb.Fwd => $"{Shown(record.Text)} -> {record.Flow.Remote}{Labelled(" R-URI=", record.Detail)}",
            DecisionVerb.Drop => Drop(record),
            DecisionVerb.Note => Words(record),
            DecisionVerb.Fail => $"{Shown(record.Text)}{(record.Flow.Remote.IsNone ? "" : $" -> {record.Flow.Remote}")} {Shown(record.Detail)}: {FailureSentences.Of(record.Failure)}",
            _ => Timer(record),
        };
        return withRule && record.Rule is { Length: > 0 } rule ? $"{text} {{{(char.IsDigit(rule[0]) ? "RFC 3261 §" : "")}{rule}}}" : text;
    }

    private static string Timer(in DecisionRecord record)
    {
        var seconds = (record.AgeMilliseconds / 1000.0).ToString("0.0", CultureInfo.InvariantCulture);
        return record.Timer switch
        {
            TimerTag.F => $"Cleaned up expired pending request: {Id(record.Text)} (age: {seconds}s)",
            TimerTag.C => $"INVITE branch without a final answer is cancelled: {Id(record.Text)} (branch: {Shown(record.Detail)}, age: {seconds}s)",
            TimerTag.H => $"Cleaned up INVITE branch: {Id(record.Text)} (branch: {Shown(record.Detail)}, age: {seconds}s)"
                + (record.Failure == FailureReason.NoAck ? ": no ACK came" : ""),
            TimerTag.Dialog => $"Cleaned up stale dialog: {Id(record.Text)} (age: {Minutes(record.AgeMilliseconds)}min)",
            TimerTag.Registration =>
                $"Cleaned up {Math.Max(record.Count, 1)} expired binding(s) for {Shown(record.Detail.IsEmpty ? record.Text : record.Detail)}",
            _ => Words(record),
        };
    }

    private static string Words(in DecisionRecord record) => Shown(record.Text).TrimEnd() + Labelled(" ", record.Detail);

    private static string Drop(in DecisionRecord record)
    {
        var text = new StringBuilder(DropSentences.Of(record.Reason)).Append(CultureInfo.InvariantCulture, $" ({record.Reason})");
        if (!record.Flow.Remote.IsNone)
        {
            _ = text.Append(" from ").Append(record.Flow.Remote.ToString());
        }

        return text.Append(Labelled(": ", record.Text)).Append(Labelled(" ", record.Detail)).ToString();
    }

    // An id is always followed by dots: the lines that users look for were written by a server that cut every id.
    private static string Id(ReadOnlySpan<byte> id) => SafeText.Of(id) + "...";

    private static string Minutes(long milliseconds) => (milliseconds / 60_000.0).ToString("0.0", CultureInfo.InvariantCulture);

    private static string Bindings(int count) => count > 0 ? $" (bindings={count})" : "";

    private static string Labelled(string label, ReadOnlySpan<byte> text) => text.IsEmpty ? "" : label + Shown(text);

    private static string Shown(ReadOnlySpan<byte> text) =>
        text.Length < DecisionRecord.TextCapacity ? SafeText.Of(text) : SafeText.Of(text) + Cut;
}
