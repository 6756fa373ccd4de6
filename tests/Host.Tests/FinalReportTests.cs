using ImsSipFast.Engine;
using ImsSipFast.Engine.Diagnostics;

namespace ImsSipFast.Host.Tests;

public sealed class FinalReportTests
{
    [Fact]
    public void Counters_that_balance_say_so_and_name_what_was_dropped()
    {
        var metrics = new EngineMetrics { Received = 1234, Answered = 400, Forwarded = 800, Absorbed = 30, Sent = 2000, Retransmitted = 5, Registrations = 10 };
        metrics.Drop(DropReason.NotSip, 3);
        metrics.Drop(DropReason.KeepAlive);
        metrics.Drop(DropReason.KernelOverflow, 1500);
        metrics.CountResponse(180);
        metrics.CountResponse(200);
        Assert.Equal(
            [
                "received 1,234 = answered 400 + forwarded 800 + absorbed 30 + dropped 4: balances",
                "dropped: KeepAlive 1, NotSip 3",
                "beside that 1,500 lost before us because the kernel's receive buffer was full (--receive-buffer-bytes) (KernelOverflow)",
                "sent 2,000, of them retransmissions 5; responses 1xx 1, 2xx 1",
                "registrations 10, calls answered 0, bindings expired 0, requests undeliverable 0",
            ],
            FinalReport.Counters(metrics));
    }

    [Fact]
    public void Every_drop_reason_is_either_in_the_balance_or_told_beside_it()
    {
        foreach (var reason in Enum.GetValues<DropReason>().Where(static r => r != DropReason.None))
        {
            var metrics = new EngineMetrics();
            metrics.Drop(reason, 7);
            metrics.Received = metrics.DroppedTotal();
            var lines = FinalReport.Counters(metrics).ToList();
            Assert.EndsWith(": balances", lines[0], StringComparison.Ordinal);
            Assert.StartsWith(metrics.DroppedTotal() == 7 ? $"dropped: {reason} 7" : "beside that 7 ", lines[1], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_was_refused_for_want_of_memory_is_told_while_it_happens_and_at_the_end()
    {
        var metrics = new EngineMetrics { RefusedForMemory = 1200, KeptOctets = 3_700_000 };
        var watch = new OverloadWatch();
        Assert.Equal(
            "overload: 1,200 requests refused with 503 since the last look, --memory is nearly used up (3,700,000 octets are kept); 1,200 in all",
            Assert.Single(watch.Check(metrics)));
        Assert.Empty(watch.Check(metrics));
        Assert.Contains("refused with 503 because --memory was nearly used up: 1,200", FinalReport.Counters(metrics));
    }

    [Fact]
    public void Counters_that_do_not_balance_say_by_how_much() => Assert.Equal(
        "received 3 = answered 1 + forwarded 0 + absorbed 0 + dropped 0: does not balance, 2 without an outcome",
        FinalReport.Counters(new EngineMetrics { Received = 3, Answered = 1 }).First());

    [Fact]
    public void The_ledger_says_what_is_left_and_who_holds_it()
    {
        Assert.Equal(
            ["state ledger: transactions=0 contexts=0 dialogs=0 timers=0 buffers=0: nothing is left"],
            FinalReport.Ledger(new StateLedger(0, 0, 0, 0, 0, []), faults: 0));
        Assert.Equal(
            [
                "state ledger: transactions=2 contexts=1 dialogs=1 timers=3 buffers=1: not all was given back",
                "left: 3 x timer C",
                "faults: 1 exceptions ended a call; each is a bug, and each kind of them stands in this log as an error",
            ],
            FinalReport.Ledger(new StateLedger(2, 1, 1, 3, 1, ["3 x timer C"]), faults: 1));
    }

    [Fact]
    public void Losses_by_overload_are_told_once_each_time_they_grow()
    {
        var metrics = new EngineMetrics();
        var watch = new OverloadWatch();
        Assert.Empty(watch.Check(metrics));
        metrics.Drop(DropReason.KernelOverflow, 1500);
        Assert.Equal(
            ["overload: 1,500 datagrams lost since the last look, the kernel's receive buffer was full (--receive-buffer-bytes); 1,500 in all"], watch.Check(metrics));
        Assert.Empty(watch.Check(metrics));
        metrics.Drop(DropReason.KernelOverflow, 1);
        metrics.Drop(DropReason.ShardQueueFull);
        Assert.Equal(2, watch.Check(metrics).Count());
        metrics.Drop(DropReason.NotSip);
        Assert.Empty(watch.Check(metrics));
    }
}
