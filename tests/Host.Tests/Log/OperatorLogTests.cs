using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Host.Log;
using Microsoft.Extensions.Logging;

namespace ImsSipFast.Host.Tests.Log;

public sealed class OperatorLogTests
{
    private readonly TestClock _clock = new();
    private readonly RecordingSink _sink = new();
    private DateTimeOffset _tickZero;

    [Theory]
    [InlineData(LogLevel.Trace, true)]
    [InlineData(LogLevel.Debug, true)]
    [InlineData(LogLevel.Information, true)]
    [InlineData(LogLevel.Warning, false)]
    [InlineData(LogLevel.Error, false)]
    [InlineData(LogLevel.Critical, false)]
    public void Above_info_the_shards_write_no_records(LogLevel level, bool watched)
    {
        var (log, rings) = New(level);
        Assert.All(rings, ring => Assert.Equal(watched, ring.IsWatched));
        rings[0].Write(Records.Of(DecisionVerb.Rx, "OPTIONS sip:a SIP/2.0"));
        log.Pump();
        Assert.Equal(watched ? 1 : 0, _sink.Lines.Count);
    }

    [Fact]
    public void Lines_of_several_shards_are_in_the_order_of_time_and_carry_it()
    {
        var (log, rings) = New(LogLevel.Information);
        Write(rings[0], 10, "a");
        Write(rings[0], 30, "c1");
        Write(rings[0], 30, "c2");
        Write(rings[1], 20, "b");
        log.Pump();
        Assert.Equal(["a", "b", "c1", "c2"], _sink.Lines.Select(static line => line.Text));
        Assert.Equal(20, (_sink.Lines[3].Time - _sink.Lines[0].Time).TotalMilliseconds);
        Assert.Equal(_clock.GetUtcNow().AddMilliseconds(10).LocalDateTime, _sink.Lines[0].Time);
    }

    [Fact]
    public void A_step_of_the_clock_is_seen_in_the_lines_after_it()
    {
        var (log, rings) = New(LogLevel.Information);
        Write(rings[0], 10, "before");
        log.Pump();
        _tickZero += TimeSpan.FromHours(1);
        Write(rings[0], 20, "after");
        log.Pump();
        Assert.Equal(TimeSpan.FromHours(1) + TimeSpan.FromMilliseconds(10), _sink.Lines[1].Time - _sink.Lines[0].Time);
    }

    [Fact]
    public void Keep_alives_are_shown_at_debug_only()
    {
        var keepAlive = Records.Of(DecisionVerb.Drop);
        keepAlive.Reason = DropReason.KeepAlive;
        foreach (var (level, lines) in new[] { (LogLevel.Information, 0), (LogLevel.Debug, 1) })
        {
            var (log, rings) = New(level);
            rings[0].Write(keepAlive);
            log.Pump();
            Assert.Equal(lines, _sink.Lines.Count);
        }
    }

    [Fact]
    public void A_storm_is_summarised_in_numbers_that_add_up()
    {
        var (log, rings) = New(LogLevel.Information, rate: 100);
        for (var i = 0; i < 1500; i++)
        {
            // The ring holds 1,024: the rest is never read.
            rings[0].Write(Records.Of(DecisionVerb.Rx, "OPTIONS sip:a SIP/2.0"));
        }

        log.Pump();
        Assert.Equal(100, _sink.Lines.Count);
        _clock.Advance(1);
        log.Pump();
        Assert.Equal("[INFO] … 1,400 lines suppressed in 1 s: RX 924, unread 476", _sink.Texts.Last());
    }

    [Fact]
    public void The_summaries_of_all_shards_are_one_line()
    {
        var (log, rings) = New(LogLevel.Information);
        rings[0].Write(Records.Timer(TimerTag.Cleanup, "transactions=1 dialogs=20"));
        log.Pump();
        Assert.Empty(_sink.Lines);
        rings[1].Write(Records.Timer(TimerTag.Cleanup, "transactions=2 dialogs=0 bindings=7"));
        log.Pump();
        Assert.Equal(["[TIMER-CLEANUP] transactions=3 dialogs=20 bindings=7"], _sink.Texts);

        rings[1].Write(Records.Timer(TimerTag.Cleanup, "transactions=5"));
        log.Pump();
        _clock.Advance(1);
        log.Pump();
        Assert.Equal("[TIMER-CLEANUP] transactions=5", _sink.Texts.Last());
    }

    [Fact]
    public void Words_are_logged_by_level_and_made_safe()
    {
        var (log, _) = New(LogLevel.Warning);
        log.LogInformation("not shown");
        log.LogWarning("port {Port}\n\e[0m", 5060);
        log.LogError(new InvalidOperationException("no\nway"), "it failed");
        log.Announce("always shown");
        log.Pump();
        Assert.Equal(
            ["[WARNING] port 5060\\n\\x1B[0m", "[ERROR] it failed: InvalidOperationException: no\\nway", "[INFO] always shown"], _sink.Texts);
    }

    [Fact]
    public void The_thread_writes_what_is_logged_and_what_is_left_when_it_stops()
    {
        using var written = new ManualResetEventSlim();
        var log = new OperatorLog(LogLevel.Information, 0, TimeProvider.System);
        log.Add(_sink);
        log.Add(new SignalSink(written));
        var ring = new DecisionLog();
        log.Start();
        log.Watch([ring], static () => DateTimeOffset.UnixEpoch);
        ring.Write(Records.Of(DecisionVerb.Note, "first"));
        Assert.True(written.Wait(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        ring.Write(Records.Of(DecisionVerb.Note, "second"));
        log.Announce("third");
        log.Dispose();
        Assert.Equal(["[INFO] first", "[INFO] second", "[INFO] third"], _sink.Texts);
    }

    [Fact]
    public void A_sink_that_blocks_delays_the_end_no_longer_than_allowed()
    {
        var opened = new TaskCompletionSource();
        var log = new OperatorLog(LogLevel.Information, 0, TimeProvider.System);
        log.Add(new BlockedSink(opened.Task));
        log.Start();
        log.Announce("into the void");
        log.Stop(TimeSpan.FromMilliseconds(50));
        log.Announce("nobody waits for this");
        opened.SetResult();
    }

    [Fact]
    public void A_sink_that_throws_does_not_end_the_log()
    {
        var log = new OperatorLog(LogLevel.Information, 0, TimeProvider.System);
        log.Add(new ThrowingSink());
        log.Start();
        log.Announce("one");
        log.Dispose();
    }

    [Theory]
    [InlineData(LogLevel.Information, "RX", "\e[90m2025-10-27 12:34:56.789\e[0m INFO     \e[36m[RX]\e[0m text\n")]
    [InlineData(LogLevel.Information, "INFO", "\e[90m2025-10-27 12:34:56.789\e[0m INFO     [INFO] text\n")]
    [InlineData(LogLevel.Warning, "WARNING", "\e[90m2025-10-27 12:34:56.789\e[0m WARNING  \e[33m[WARNING]\e[0m text\n")]
    [InlineData(LogLevel.Information, "TIMER-CLEANUP", "\e[90m2025-10-27 12:34:56.789\e[0m INFO     \e[35m[TIMER-CLEANUP]\e[0m text\n")]
    public void A_console_line_is_coloured_by_its_tag(LogLevel level, string tag, string expected)
    {
        using var output = new MemoryStream();
        var console = new ConsoleSink(output, coloured: true);
        console.Write([new LogLine(_clock.GetUtcNow().DateTime, level, tag, "text")]);
        Assert.Equal(expected, System.Text.Encoding.UTF8.GetString(output.ToArray()));
    }

    [Fact]
    public void A_console_that_has_gone_is_given_up()
    {
        var output = new MemoryStream();
        var console = new ConsoleSink(output, coloured: false);
        output.Dispose();
        console.Write([LogLine.Plain(default, LogLevel.Information, "text")]);
        console.Write([LogLine.Plain(default, LogLevel.Information, "text")]);
    }

    private (OperatorLog Log, DecisionLog[] Rings) New(LogLevel level, int rate = 0)
    {
        var log = new OperatorLog(level, rate, _clock);
        log.Add(_sink);
        DecisionLog[] rings = [new(), new()];
        _tickZero = _clock.GetUtcNow();
        log.Watch(rings, () => _tickZero);
        return (log, rings);
    }

    private static void Write(DecisionLog ring, long tick, string text)
    {
        var record = Records.Of(DecisionVerb.Note, text);
        record.Tick = tick;
        ring.Write(record);
    }

    private sealed class SignalSink(ManualResetEventSlim signal) : ILogSink
    {
        public void Write(IReadOnlyList<LogLine> lines) => signal.Set();

        public void Dispose()
        {
        }
    }

    private sealed class BlockedSink(Task gate) : ILogSink
    {
        public void Write(IReadOnlyList<LogLine> lines) => gate.GetAwaiter().GetResult();

        public void Dispose()
        {
        }
    }

    private sealed class ThrowingSink : ILogSink
    {
        public void Write(IReadOnlyList<LogLine> lines) => throw new InvalidOperationException("a fault of the sink");

        public void Dispose()
        {
        }
    }
}
