using System.Text;
using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Registrar;
using ImsSipFast.Engine.Running;
using ImsSipFast.Engine.Shards;
using Microsoft.Extensions.Logging;

namespace ImsSipFast.Engine.Tests.Running;

/// <summary>A shard set of fakes whose threads are not started: what runs, runs on the test's thread.</summary>
internal sealed class ShardFixture : ILogger
{
    public ShardFixture(int shards = 1, RunnerPolicy policy = RunnerPolicy.Inline, int queueLength = 1000, int processors = 1)
    {
        Shards = [.. Enumerable.Range(0, shards).Select(static _ => new FakeShard())];
        Key = new ShardKey(new LocationService(shards), key: 1);
        var options = new SipEngineOptions { Runner = policy, ShardQueueLength = queueLength };
        Set = new ShardSet(
            shards, (i, _) => (Shards[i], new FakeBatch(Shards[i])), Key, Pool, new TickSource(Time), options, processors, this);
    }

    public FakeShard[] Shards { get; }

    public ShardKey Key { get; }

    public ShardSet Set { get; }

    public ManualTime Time { get; } = new();

    public MessagePool Pool { get; } = new(traceLeaks: true);

    public List<string> Logged { get; } = [];

    /// <summary>Thrown in place of a line of the log.</summary>
    public Exception? LogFault { get; set; }

    public EngineMetrics Metrics
    {
        get
        {
            var sum = new EngineMetrics();
            Set.AddTo(sum);
            return sum;
        }
    }

    public RawMessage RawMessage(string text, MessageKind kind = MessageKind.Received)
    {
        var datagram = Pool.Keep(Encoding.ASCII.GetBytes(text));
        datagram.Kind = kind;
        return datagram;
    }

    /// <summary>A message of a call that belongs to that shard.</summary>
    public string CallOf(int shard)
    {
        for (var i = 0; ; i++)
        {
            var text = $"BYE sip:b@x SIP/2.0\r\nCall-ID: {i}\r\n\r\n";
            if (Key.TryGet(Encoding.ASCII.GetBytes(text), out var its) && its == shard)
            {
                return text;
            }
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Logged.Add(LogFault is null ? formatter(state, exception) : throw LogFault);
}
