using System.Text;
using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Host.Log;

namespace ImsSipFast.Host.Tests.Log;

/// <summary>Keeps the lines it is given.</summary>
internal sealed class RecordingSink : ILogSink
{
    public List<LogLine> Lines { get; } = [];

    public IEnumerable<string> Texts => Lines.Select(static line => $"[{line.Tag}] {line.Text}");

    public void Write(IReadOnlyList<LogLine> lines) => Lines.AddRange(lines);

    public void Dispose()
    {
    }
}

/// <summary>A clock that a test turns.</summary>
internal sealed class TestClock : TimeProvider
{
    private DateTimeOffset _now = new(2025, 10, 27, 12, 34, 56, 789, TimeSpan.Zero);

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _now.Ticks;

    public void Advance(double seconds) => _now = _now.AddSeconds(seconds);
}

/// <summary>Decision records as a shard would write them.</summary>
internal static class Records
{
    public static PeerAddress Peer(string address, int port) => PeerAddress.From(System.Net.IPAddress.Parse(address), port);

    public static DecisionRecord Of(DecisionVerb verb, string text = "", string detail = "", PeerAddress peer = default) =>
        Of(verb, Encoding.UTF8.GetBytes(text), detail, peer);

    public static DecisionRecord Of(DecisionVerb verb, byte[] text, string detail = "", PeerAddress peer = default)
    {
        var record = new DecisionRecord { Verb = verb, Flow = new Flow(peer, Transport.Udp, listener: 0) };
        record.SetText(text);
        record.SetDetail(Encoding.UTF8.GetBytes(detail));
        return record;
    }

    public static DecisionRecord Timer(TimerTag timer, string text, string detail = "", double ageSeconds = 0, int count = 0)
    {
        var record = Of(DecisionVerb.Timer, text, detail);
        record.Timer = timer;
        record.AgeMilliseconds = (long)(ageSeconds * 1000);
        record.Count = count;
        return record;
    }

    /// <summary>Puts a record into the ring, as a shard does.</summary>
    public static void Write(this DecisionLog ring, in DecisionRecord record)
    {
        if (ring.IsWatched)
        {
            ref var free = ref ring.TryBegin();
            if (!System.Runtime.CompilerServices.Unsafe.IsNullRef(ref free))
            {
                free = record;
                ring.Publish();
            }
        }
    }
}
