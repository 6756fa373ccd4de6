using ImsSipFast.LoadGen.Metrics;
using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Results;

namespace ImsSipFast.LoadGen.Running;

/// <summary>
/// Watches the generator itself. What makes its figures unbelievable is said in words: attempts that began late,
/// datagrams that its own sockets lost, a called side that was not registered.
/// </summary>
internal sealed class SelfWatch(LoadPlan plan, RunMetrics metrics)
{
    private bool _measuring;
    private double _cpuAtStart;
    private long _allocatedAtStart;
    private double _cpu;
    private long _allocated;

    /// <summary>A phase begins; CPU of the loop's thread in microseconds, octets it has allocated so far.</summary>
    public void Enter(int phase, double cpu, long allocated)
    {
        if (_measuring)
        {
            _cpu += cpu - _cpuAtStart;
            _allocated += allocated - _allocatedAtStart;
        }

        _measuring = phase < plan.Phases.Count && plan.Phases[phase].Measured;
        _cpuAtStart = cpu;
        _allocatedAtStart = allocated;
    }

    /// <summary>The verdict at the end of the run.</summary>
    public SelfCheck Verdict(long kernelDrops, long sendFailures)
    {
        var attempts = metrics.Phases.Where(phase => phase.Phase.Measured).Sum(phase => phase.Attempts);
        return new()
        {
            Complaints = [.. Complaints(kernelDrops, sendFailures)],
            Lateness = LatencyCurve.Of(metrics.Lateness),
            KernelDrops = kernelDrops,
            SendFailures = sendFailures,
            CpuMicrosecondsPerAttempt = attempts == 0 ? 0 : _cpu / attempts,
            AllocatedBytes = _allocated,
        };
    }

    private IEnumerable<string> Complaints(long kernelDrops, long sendFailures)
    {
        var late = metrics.Lateness.TotalCount == 0 ? 0 : metrics.Lateness.GetValueAtPercentile(99);
        if (plan.ClosedLoop == 0 && late > SelfCheck.LatenessBound)
        {
            yield return $"The generator fell behind its schedule: 1 of 100 attempts began {late / 1000.0:0.0} ms late or later "
                + $"(bound {SelfCheck.LatenessBound / 1000:0.0} ms). It needs more CPU, or a lower rate.";
        }

        if (kernelDrops > 0)
        {
            yield return $"The kernel dropped {kernelDrops} datagrams before the generator's sockets: their buffers were full.";
        }

        if (sendFailures > 0)
        {
            yield return $"{sendFailures} datagrams could not be sent.";
        }

        var unregistered = metrics.Beforehand.Failures.Values.Sum();
        if (unregistered > 0)
        {
            var cause = Cause.FromKey(metrics.Beforehand.Failures.MaxBy(pair => pair.Value).Key);
            yield return $"{unregistered} of {metrics.Beforehand.Attempts} registrations before the first phase failed ({cause}).";
        }
    }
}
