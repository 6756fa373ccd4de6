using System.Collections.Concurrent;
using ImsSipFast.Engine.Diagnostics;
using Microsoft.Extensions.Logging;

namespace ImsSipFast.Host.Log;

/// <summary>
/// What an operator sees. A thread of its own, below normal priority, reads the shards' decision rings and the
/// lines that were logged in words, and writes both to the sinks; nobody ever waits for it.
/// </summary>
internal sealed class OperatorLog : ILogger, ILoggerFactory
{
    private const int MaxQueuedLines = 10_000;
    private const int MaxRecordsPerPass = 4096;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);

    private readonly LogLevel _minimum;
    private readonly TimeProvider _time;
    private readonly LogRateLimit _limit;
    private readonly List<ILogSink> _sinks = [];
    private readonly ConcurrentQueue<LogLine> _queued = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly List<LogLine> _batch = [];
    private readonly CleanupSummary _cleanup = new();
    private readonly Thread _thread;
    private readonly long _startedAt;
    private IReadOnlyList<DecisionLog> _rings = [];
    private Func<DateTimeOffset> _tickZero = static () => default;
    private volatile bool _stopping;
    private bool _stopped;
    private bool _faulted;

    /// <param name="minimum">Least severe level that is written.</param>
    /// <param name="linesPerSecond">Message lines a second; 0 is unlimited.</param>
    /// <param name="time">The clock.</param>
    public OperatorLog(LogLevel minimum, int linesPerSecond, TimeProvider time)
    {
        _minimum = minimum;
        _time = time;
        _startedAt = time.GetTimestamp();
        _limit = new LogRateLimit(linesPerSecond);
        _thread = new Thread(Run) { Name = "operator log", IsBackground = true };
    }

    /// <summary>Adds a place to write to; before <see cref="Start"/>.</summary>
    public void Add(ILogSink sink) => _sinks.Add(sink);

    /// <summary>Starts the thread.</summary>
    public void Start() => _thread.Start();

    /// <summary>
    /// Begins to read the shards' rings. Above level info nothing is read, and the shards write nothing: a message
    /// then costs no more than a branch.
    /// </summary>
    /// <param name="rings">One of each shard.</param>
    /// <param name="tickZero">Wall clock at engine tick 0; asked again each time, since it may step.</param>
    public void Watch(IReadOnlyList<DecisionLog> rings, Func<DateTimeOffset> tickZero)
    {
        if (_minimum > LogLevel.Information)
        {
            return;
        }

        foreach (var ring in rings)
        {
            ring.IsWatched = true;
        }

        _tickZero = tickZero;
        Volatile.Write(ref _rings, rings);
        _ = _wake.Set();
    }

    /// <summary>Writes a line in words, from any thread.</summary>
    public void Write(LogLevel level, string text)
    {
        if (IsEnabled(level))
        {
            Queue(level, text);
        }
    }

    /// <summary>Writes a line that every operator gets, whatever the level: the start and the end of a run.</summary>
    public void Announce(string text) => Queue(LogLevel.Information, text);

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= _minimum && logLevel != LogLevel.None;

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => this;

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("This log writes to its own sinks only.");

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            var cause = exception is null ? "" : _minimum <= LogLevel.Debug ? $": {exception}" : $": {exception.GetType().Name}: {exception.Message}";
            Write(logLevel, formatter(state, exception) + cause);
        }
    }

    /// <summary>Writes everything that is there now. The thread's work; a test may call it in place of the thread.</summary>
    public void Pump(bool last = false)
    {
        var now = (long)_time.GetElapsedTime(_startedAt).TotalMilliseconds;
        ReadRings(now);
        while (_queued.TryDequeue(out var line))
        {
            _batch.Add(line);
        }

        // A stable sort: lines of one shard keep their order, those of several fall into that of time.
        var lines = _batch.OrderBy(static line => line.Time).ToList();
        _batch.Clear();
        if (_cleanup.Take(Volatile.Read(ref _rings).Count, now) is { } sums)
        {
            lines.Add(new LogLine(_time.GetLocalNow().DateTime, LogLevel.Information, DecisionText.TagOf(TimerTag.Cleanup), sums));
        }

        if (_limit.TakeSummary(now, last) is { } summary)
        {
            lines.Add(LogLine.Plain(_time.GetLocalNow().DateTime, LogLevel.Information, summary));
        }

        if (lines.Count > 0)
        {
            foreach (var sink in _sinks)
            {
                sink.Write(lines);
            }
        }
    }

    /// <summary>Writes what is left and closes the sinks.</summary>
    public void Dispose() => Stop(StopTimeout);

    /// <summary>The same, for who cannot wait long: a sink that blocks is left behind.</summary>
    public void Stop(TimeSpan timeout)
    {
        if (Interlocked.Exchange(ref _stopped, true))
        {
            return;
        }

        _stopping = true;
        _ = _wake.Set();
        if ((_thread.ThreadState & ThreadState.Unstarted) != 0)
        {
            PumpLast();
        }
        else if (!_thread.Join(timeout))
        {
            return;
        }

        foreach (var sink in _sinks)
        {
            sink.Dispose();
        }
    }

    private void Run()
    {
        QuietThread.LowerPriority();
        while (!_stopping)
        {
            PumpGuarded(last: false);
            _ = _wake.WaitOne(Volatile.Read(ref _rings).Count > 0 ? PollInterval : Timeout.InfiniteTimeSpan);
        }

        PumpLast();
    }

    // Twice: a sink that failed the first time has something to say about it.
    private void PumpLast()
    {
        PumpGuarded(last: true);
        PumpGuarded(last: true);
    }

    private void PumpGuarded(bool last)
    {
        try
        {
            Pump(last);
        }
        catch (Exception fault) when (!_faulted)
        {
            // A fault of the log must not end the proxy, which an exception on this thread would do.
            _faulted = true;
            Queue(LogLevel.Error, $"a fault in the log: {fault}");
        }
        catch (Exception)
        {
            // Said already.
        }
    }

    private void Queue(LogLevel level, string text)
    {
        if (_queued.Count < MaxQueuedLines)
        {
            _queued.Enqueue(LogLine.Plain(_time.GetLocalNow().DateTime, level, SafeText.Of(text)));
            _ = _wake.Set();
        }
    }

    private void ReadRings(long now)
    {
        var withRule = _minimum <= LogLevel.Debug;
        var tickZero = _tickZero();
        foreach (var ring in Volatile.Read(ref _rings))
        {
            for (var i = 0; i < MaxRecordsPerPass && ring.TryRead(out var record); i++)
            {
                var level = DecisionText.LevelOf(record);
                if (record.Timer == TimerTag.Cleanup)
                {
                    _cleanup.Add(SafeText.Of(record.Text), now);
                }
                else if (IsEnabled(level) && _limit.Admits(record.Verb, now))
                {
                    var time = tickZero.AddMilliseconds(record.Tick).LocalDateTime;
                    _batch.Add(new LogLine(time, level, DecisionText.TagOf(record), DecisionText.Of(record, withRule)));
                }
            }

            _limit.CountMissed(ring.TakeMissed(), now);
        }
    }
}
