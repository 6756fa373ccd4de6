using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using BenchmarkDotNet.Attributes;

namespace ImsSipFast.Perf;

/// <summary>
/// One benchmark in a plain loop, for as long as a profiler wants to look: no harness in the picture, and a mean for
/// each second. <c>--spin ShardBenchmarks.Call 20 Users=1000</c>
/// </summary>
internal static class Spin
{
    private const int Batch = 1000;

    /// <param name="name">Class and method.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="values">Parameters as Name=Value; the others have the first of their values.</param>
    public static int Run(string name, int seconds, IEnumerable<string> values)
    {
        var type = typeof(Spin).Assembly.GetTypes().FirstOrDefault(candidate => candidate.Name == name.Split('.')[0]);
        if (type?.GetMethod(name.Split('.')[^1], BindingFlags.Public | BindingFlags.Instance) is not { } method || method.ReturnType != typeof(void))
        {
            Console.Error.WriteLine($"{name} is no benchmark of this project that returns nothing");
            return 64;
        }

        var benchmark = Activator.CreateInstance(type)!;
        foreach (var property in type.GetProperties().Where(static property => property.GetCustomAttribute<ParamsAttribute>() is not null))
        {
            var given = values.FirstOrDefault(value => value.StartsWith(property.Name + "=", StringComparison.Ordinal));
            property.SetValue(benchmark, given is null
                ? property.GetCustomAttribute<ParamsAttribute>()!.Values[0]
                : Convert.ChangeType(given[(property.Name.Length + 1)..], property.PropertyType, CultureInfo.InvariantCulture));
        }

        foreach (var setup in type.GetMethods().Where(static candidate => candidate.GetCustomAttribute<GlobalSetupAttribute>() is not null))
        {
            setup.Invoke(benchmark, null);
        }

        var step = method.CreateDelegate<Action>(benchmark);
        for (var second = 0; second < seconds; second++)
        {
            var (calls, watch, allocated) = (0L, Stopwatch.StartNew(), GC.GetAllocatedBytesForCurrentThread());
            while (watch.ElapsedMilliseconds < 1000)
            {
                for (var i = 0; i < Batch; i++)
                {
                    step();
                }

                calls += Batch;
            }

            Console.WriteLine($"{watch.Elapsed.TotalNanoseconds / calls,10:F0} ns  {(GC.GetAllocatedBytesForCurrentThread() - allocated) / calls,6} B");
        }

        return 0;
    }
}
