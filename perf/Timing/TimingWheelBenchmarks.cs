using BenchmarkDotNet.Attributes;
using ImsSipFast.Engine.Timing;

namespace ImsSipFast.Perf.Timing;

/// <summary>The wheel with so many other timers on it, due at random within the next 32 s as those of transactions are.</summary>
[MemoryDiagnoser]
public class TimingWheelBenchmarks
{
    private const int BatchSize = 16_384;
    private const int Spread = 32_000;

    private readonly TimerNode[] _batch = Nodes(BatchSize);
    private readonly Random _random = new(1);
    private TimingWheel _wheel = new();
    private TimerNode[] _live = [];
    private long _now;
    private int _next;

    /// <summary>Timers on the wheel.</summary>
    [Params(1_000, 1_000_000)]
    public int Live { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _wheel = new TimingWheel();
        _live = Nodes(Live);
        _random.Shuffle(_live);
        foreach (var node in _live)
        {
            _wheel.Schedule(node, TimerKind.L, 1 + _random.Next(Spread));
        }
    }

    /// <summary>A timer is set, and another one, set a little earlier, is taken off: a request and its answer.</summary>
    [Benchmark]
    public void ScheduleAndCancel()
    {
        var node = _batch[_next++ & 1023];
        _wheel.Schedule(node, TimerKind.A, _now + 500 + (_next & 31));
        _wheel.Cancel(_batch[(_next + 511) & 1023]);
    }

    /// <summary>A timer that is set is moved, chosen at random: its memory and its neighbours' are far.</summary>
    [Benchmark]
    public void MoveAnyOfThem()
    {
        _next = (int)(((uint)_next * 1_664_525) + 1_013_904_223);
        _wheel.Schedule(_live[(int)((uint)_next % (uint)Live)], TimerKind.L, _now + 1 + (((uint)_next >> 8) % Spread));
    }

    /// <summary>One millisecond goes by; what is due is set again for 32 s later.</summary>
    [Benchmark]
    public int AdvanceOneTick()
    {
        _now++;
        var fired = 0;
        while (_wheel.TryTakeDue(_now, out var node))
        {
            _wheel.Schedule(node, TimerKind.L, _now + Spread);
            fired++;
        }

        return fired;
    }

    [IterationSetup(Target = nameof(Schedule))]
    public void TakeBatchOff()
    {
        foreach (var node in _batch)
        {
            _wheel.Cancel(node);
        }
    }

    /// <summary>Timers are set, one after another.</summary>
    [Benchmark(OperationsPerInvoke = BatchSize)]
    public void Schedule()
    {
        for (var i = 0; i < BatchSize; i++)
        {
            _wheel.Schedule(_batch[i], TimerKind.B, _now + 1 + ((i * 7919) % Spread));
        }
    }

    [IterationSetup(Target = nameof(Cancel))]
    public void PutBatchOn() => Schedule();

    /// <summary>Timers are taken off, in the order in which they were set.</summary>
    [Benchmark(OperationsPerInvoke = BatchSize)]
    public void Cancel() => TakeBatchOff();

    private static TimerNode[] Nodes(int count) => [.. Enumerable.Range(0, count).Select(static _ => new TimerNode(new object()))];
}
