using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Running;
using ImsSipFast.Engine.Shards;

namespace ImsSipFast.Engine.Tests.Running;

/// <summary>A shard that writes down what it is told; it returns its datagrams unless told to throw.</summary>
internal sealed class FakeShard : IShard
{
    private bool _isReceiving;

    public List<string> Log { get; } = [];

    /// <summary>True to write nothing down, because writing allocates.</summary>
    public bool IsQuiet { get; set; }

    public Func<RawMessage, Exception?>? OnReceive { get; set; }

    public Action? OnAdvance { get; set; }

    public Func<Exception?>? OnAbort { get; set; }

    public EngineMetrics Metrics { get; } = new();

    public long NextDueTick { get; set; } = long.MaxValue;

    /// <summary>Timers that are due.</summary>
    public int TimersDue { get; set; }

    public Action? OnFlush { get; set; }

    public void TellTime(long nowTick)
    {
        if (!IsQuiet)
        {
            Log.Add($"time {nowTick}");
        }
    }

    public bool Advance(long nowTick, int limit = int.MaxValue)
    {
        if (!IsQuiet)
        {
            Log.Add($"advance {nowTick}");
        }

        OnAdvance?.Invoke();
        TimersDue = Math.Max(0, TimersDue - limit);
        return TimersDue > 0;
    }

    public void Receive(RawMessage datagram)
    {
        _isReceiving = true;
        Metrics.Received++;
        if (!IsQuiet)
        {
            Log.Add($"receive {System.Text.Encoding.ASCII.GetString(datagram.Span)}");
        }

        if (OnReceive?.Invoke(datagram) is { } exception)
        {
            throw exception;
        }

        _isReceiving = false;
        datagram.Return();
    }

    public Action? OnCompleted { get; set; }

    public void Prepare(RawMessage datagram)
    {
    }

    public void Complete(Completion answer)
    {
        Log.Add($"answer {answer.Ticket}");
        OnCompleted?.Invoke();
    }

    public string Abort()
    {
        Log.Add("abort");
        if (OnAbort?.Invoke() is { } exception)
        {
            throw exception;
        }

        if (_isReceiving)
        {
            Metrics.Drop(DropReason.Fault);
        }

        _isReceiving = false;
        return "what it was at";
    }

    public void BeginDrain() => Log.Add("drain");

    public bool HasDrained { get; set; }
}

/// <summary>A sender that writes its flushes into the log of the shard it belongs to.</summary>
internal sealed class FakeBatch(FakeShard shard) : ISendBatch
{
    public void Send(in Flow flow, ReadOnlySpan<byte> message) => shard.Log.Add("send");

    public void Flush()
    {
        if (!shard.IsQuiet)
        {
            shard.Log.Add("flush");
        }

        shard.OnFlush?.Invoke();
    }
}

/// <summary>A clock that moves when the test says so.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long _milliseconds = 1_000_000;
    private long _step;

    public override long TimestampFrequency => 1000;

    public override long GetTimestamp() => _milliseconds;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(_milliseconds + _step);

    public void Advance(long milliseconds) => _milliseconds += milliseconds;

    /// <summary>The clock of the system is set; what counts milliseconds does not see it.</summary>
    public void Step(long milliseconds) => _step += milliseconds;
}
