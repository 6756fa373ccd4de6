using System.Diagnostics;
using System.Reflection;
using ImsSipFast.Perf.Running;

namespace ImsSipFast.Perf.Gate;

/// <summary>Octets that an operation of a benchmark allocates once it runs as it always will.</summary>
internal static class AllocationMeter
{
    /// <summary>A round goes on for so long, so that what happens now and then is in it.</summary>
    private static readonly TimeSpan s_round = TimeSpan.FromMilliseconds(30);

    /// <summary>
    /// How long one round without allocations is waited for. Unoptimised code boxes what optimised code does not, pools
    /// and tables grow to what is needed, and the counter of a thread jumps when a collection takes away what was left
    /// of its allocation buffer; what an operation really allocates is in every round.
    /// </summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1.5);

    /// <summary>The allocations of every benchmark of an assembly, by name.</summary>
    public static SortedDictionary<string, long> MeasureAll(Assembly assembly)
    {
        var measured = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var subject in Subject.All(assembly))
        {
            measured.Add(subject.Name, Measure(subject));
        }

        return measured;
    }

    private static long Measure(Subject subject)
    {
        var least = long.MaxValue;
        var begin = Stopwatch.GetTimestamp();
        do
        {
            least = Math.Min(least, Round(subject));
        }
        while (least > 0 && Stopwatch.GetElapsedTime(begin) < s_patience);
        return least;
    }

    private static long Round(Subject subject)
    {
        var calls = subject.Setup is null ? 16 : 1;
        long allocated = 0;
        long operations = 0;
        var begin = Stopwatch.GetTimestamp();
        do
        {
            subject.Setup?.Invoke();
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < calls; i++)
            {
                subject.Workload();
            }

            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            operations += (long)calls * subject.OperationsPerCall;
        }
        while (Stopwatch.GetElapsedTime(begin) < s_round);

        // Rounded up: less than an octet an operation is not nothing.
        return (allocated + operations - 1) / operations;
    }
}
