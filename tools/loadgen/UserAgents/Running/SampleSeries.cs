using ImsSipFast.LoadGen.Metrics;
using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Results;

namespace ImsSipFast.LoadGen.Running;

/// <summary>What happened in each second.</summary>
internal sealed class SampleSeries(LoadPlan plan, RunMetrics metrics)
{
    private const long Second = 1_000_000;

    private readonly List<Sample> _taken = new(1024);
    private readonly long _end = plan.Phases.Sum(static phase => phase.Duration.Ticks) / TimeSpan.TicksPerMicrosecond;
    private long _last;
    private long _offered;
    private long _succeeded;
    private long _failed;
    private long _retransmitted;

    public IReadOnlyList<Sample> Taken => _taken;

    /// <summary>Microseconds from the start at which the next one ends.</summary>
    public long NextAt { get; private set; } = Second;

    /// <summary>The first phase begins: what was before does not count.</summary>
    public void Begin()
    {
        Remember();
        metrics.TakeSecond();
    }

    /// <summary>Takes one when a second has passed.</summary>
    public void Advance(long at, Action<Sample>? told)
    {
        if (at >= NextAt)
        {
            Take(at, told);
            NextAt = ((at / Second) + 1) * Second;
        }
    }

    /// <summary>Takes what is left.</summary>
    public void Finish(long at, Action<Sample>? told)
    {
        if (at - _last > Second / 10)
        {
            Take(at, told);
        }
    }

    private void Take(long at, Action<Sample>? told)
    {
        var seconds = (double)(at - _last) / Second;
        var (p50, p99, max) = metrics.TakeSecond();
        var sample = new Sample
        {
            At = (double)at / Second,
            Phase = _last >= _end ? "draining" : plan.Phases[Math.Max(0, metrics.CurrentPhase)].Name,
            Offered = (metrics.Offered - _offered) / seconds,
            Succeeded = (metrics.Succeeded - _succeeded) / seconds,
            Failed = (metrics.Failed - _failed) / seconds,
            InFlight = metrics.InFlight,
            Retransmissions = (metrics.Retransmitted - _retransmitted) / seconds,
            P50 = p50,
            P99 = p99,
            Max = max,
        };
        _last = at;
        Remember();
        _taken.Add(sample);
        told?.Invoke(sample);
    }

    private void Remember() =>
        (_offered, _succeeded, _failed, _retransmitted) = (metrics.Offered, metrics.Succeeded, metrics.Failed, metrics.Retransmitted);
}
