using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Running;
using ImsSipFast.Engine.Shards;

namespace ImsSipFast.Engine.Tests.Running;

/// <summary>A shard that writes down what it is told; it returns its datagrams unless told to throw.</summary>
internal sealed class FakeShard : IShard
{
    public List<string> Log { get; } = [];

    /// <summary>True to write nothing down, because writing allocates.</summary>
    public bool IsQuiet { get; set; }

    public Func<RawMessage, Exception?>? OnReceive { get; set; }

    public Action? OnAdvance { get; set; }

    public EngineMetrics Metrics { get; } = new();

    public long NextDueTick { get; set; } = long.MaxValue;

    public void Advance(long nowTick)
    {
        if (!IsQuiet)
        {
            Log.Add($"advance {nowTick}");
        }

        OnAdvance?.Invoke();
    }

    public void Receive(RawMessage datagram)
    {
        Metrics.Received++;
        if (!IsQuiet)
        {
            Log.Add($"receive {System.Text.Encoding.ASCII.GetString(datagram.Span)}");
        }

        if (OnReceive?.Invoke(datagram) is { } exception)
        {
            throw exception;
        }

        datagram.Return();
    }

    public void Resolved(HostResolution resolution) => Log.Add($"resolved {resolution.Ticket}");

    public void BeginDrain() => Log.Add("drain");
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
    }
}

/// <summary>A clock that moves when the test says so.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long _milliseconds = 1_000_000;

    public override long TimestampFrequency => 1000;

    public override long GetTimestamp() => _milliseconds;

    public void Advance(long milliseconds) => _milliseconds += milliseconds;
}
