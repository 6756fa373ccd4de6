using System.Globalization;
using ImsSipFast.Engine;
using ImsSipFast.Engine.Diagnostics;

namespace ImsSipFast.Host;

/// <summary>The last lines of a run: what became of every datagram, and what was left when it ended.</summary>
internal static class FinalReport
{
    // Never received, or forwarded and answered already: no part of the balance.
    private static readonly (DropReason Reason, string Text)[] Beside =
    [
        (DropReason.KernelOverflow, "lost before us because the kernel's receive buffer was full (--receive-buffer-bytes)"),
        (DropReason.SendFailed, "refused by the network when they were sent"),
        (DropReason.StrayUndelivered, "notices of an undeliverable message that nobody waited for"),
    ];

    /// <summary>The counters, and whether they balance.</summary>
    public static IEnumerable<string> Counters(EngineMetrics metrics)
    {
        var dropped = metrics.DroppedTotal();
        var missing = metrics.Received - metrics.Answered - metrics.Forwarded - metrics.Absorbed - dropped;
        yield return $"received {Text(metrics.Received)} = answered {Text(metrics.Answered)} + forwarded {Text(metrics.Forwarded)}"
            + $" + absorbed {Text(metrics.Absorbed)} + dropped {Text(dropped)}: "
            + (missing == 0 ? "balances" : $"does not balance, {Text(missing)} without an outcome");
        if (dropped > 0)
        {
            var reasons = Enum.GetValues<DropReason>()
                .Where(reason => metrics.Dropped(reason) > 0 && !Beside.Any(beside => beside.Reason == reason))
                .Select(reason => $"{reason} {Text(metrics.Dropped(reason))}");
            yield return $"dropped: {string.Join(", ", reasons)}";
        }

        foreach (var (reason, text) in Beside.Where(beside => metrics.Dropped(beside.Reason) > 0))
        {
            yield return $"beside that {Text(metrics.Dropped(reason))} {text} ({reason})";
        }

        if (metrics.RefusedForMemory > 0)
        {
            yield return $"refused with 503 because --memory was nearly used up: {Text(metrics.RefusedForMemory)}";
        }

        var responses = Enumerable.Range(1, 6).Where(c => metrics.Responses(c) > 0).Select(c => $"{c}xx {Text(metrics.Responses(c))}");
        yield return $"sent {Text(metrics.Sent)}, of them retransmissions {Text(metrics.Retransmitted)}; responses {string.Join(", ", responses.DefaultIfEmpty("none"))}";
        yield return $"registrations {Text(metrics.Registrations)}, calls answered {Text(metrics.DialogsConfirmed)},"
            + $" bindings expired {Text(metrics.BindingsExpired)}, requests undeliverable {Text(metrics.Undelivered)}";
    }

    /// <summary>The state ledger: one line, and one more for each holder of what was left.</summary>
    public static IEnumerable<string> Ledger(StateLedger ledger, int faults)
    {
        yield return $"state ledger: {ledger}: {(ledger.IsClean ? "nothing is left" : "not all was given back")}";
        foreach (var holder in ledger.Holders)
        {
            yield return $"left: {holder}";
        }

        if (faults > 0)
        {
            yield return $"faults: {faults} exceptions ended a call; each is a bug, and each kind of them stands in this log as an error";
        }
    }

    private static string Text(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
