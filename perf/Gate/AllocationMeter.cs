using System.Diagnostics;
using System.Reflection;
using BenchmarkDotNet.Running;

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
        var types = assembly.GetTypes().Where(static type => type.GetMethods().Any(IsBenchmark));
        foreach (var group in types.SelectMany(static type => BenchmarkConverter.TypeToBenchmarks(type).BenchmarksCases).GroupBy(Instance))
        {
            // One object for all its methods: what a million users cost to set up is paid once.
            var subject = Activator.CreateInstance(group.First().Descriptor.Type)!;
            foreach (var parameter in group.First().Parameters.Items)
            {
                group.First().Descriptor.Type.GetProperty(parameter.Name)!.SetValue(subject, parameter.Value);
            }

            group.First().Descriptor.GlobalSetupMethod?.Invoke(subject, null);
            foreach (var benchmark in group)
            {
                measured.Add(NameOf(benchmark), Measure(benchmark.Descriptor, subject));
            }

            group.First().Descriptor.GlobalCleanupMethod?.Invoke(subject, null);
        }

        return measured;
    }

    private static bool IsBenchmark(MethodInfo method) => method.IsDefined(typeof(BenchmarkDotNet.Attributes.BenchmarkAttribute));

    private static (Type Type, string Parameters) Instance(BenchmarkCase benchmark) => (benchmark.Descriptor.Type, benchmark.Parameters.DisplayInfo);

    /// <summary><c>Room.Subject.Method(Parameter: value)</c></summary>
    private static string NameOf(BenchmarkCase benchmark)
    {
        var type = benchmark.Descriptor.Type;
        var subject = type.FullName!["ImsSipFast.Perf.".Length..].Replace("Benchmarks", "", StringComparison.Ordinal);
        var parameters = benchmark.Parameters.Items.Select(static item => $"{item.Name}: {item.Value}");
        return $"{subject}.{benchmark.Descriptor.WorkloadMethod.Name}" + (benchmark.HasParameters ? $"({string.Join(", ", parameters)})" : "");
    }

    private static long Measure(Descriptor descriptor, object subject)
    {
        var workload = ToAction(descriptor.WorkloadMethod, subject);
        var setup = descriptor.IterationSetupMethod is { } method ? ToAction(method, subject) : null;
        var least = long.MaxValue;
        var begin = Stopwatch.GetTimestamp();
        do
        {
            least = Math.Min(least, Round(workload, setup, descriptor.OperationsPerInvoke));
        }
        while (least > 0 && Stopwatch.GetElapsedTime(begin) < s_patience);
        return least;
    }

    private static long Round(Action workload, Action? setup, int operationsPerInvoke)
    {
        long allocated = 0;
        long operations = 0;
        var begin = Stopwatch.GetTimestamp();
        do
        {
            setup?.Invoke();
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < (setup is null ? 16 : 1); i++, operations += operationsPerInvoke)
            {
                workload();
            }

            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }
        while (Stopwatch.GetElapsedTime(begin) < s_round);

        // Rounded up: less than an octet an operation is not nothing.
        return (allocated + operations - 1) / operations;
    }

    private static Action ToAction(MethodInfo method, object subject)
    {
        if (method.ReturnType == typeof(void))
        {
            return method.CreateDelegate<Action>(subject);
        }

        var discard = typeof(AllocationMeter).GetMethod(nameof(Discard), BindingFlags.NonPublic | BindingFlags.Static)!;
        return (Action)discard.MakeGenericMethod(method.ReturnType).Invoke(null, [method, subject])!;
    }

    private static Action Discard<T>(MethodInfo method, object subject)
    {
        var call = method.CreateDelegate<Func<T>>(subject);
        return () => call();
    }
}
