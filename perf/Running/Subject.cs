using System.Diagnostics;
using System.Reflection;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Running;

namespace ImsSipFast.Perf.Running;

/// <summary>One benchmark, ready to be called: for runs that take seconds where BenchmarkDotNet takes minutes.</summary>
/// <param name="Name"><c>Room.Subject.Method(Parameter: value)</c>.</param>
/// <param name="Workload">The benchmark.</param>
/// <param name="Setup">What has to be done before each call, null when there is nothing.</param>
/// <param name="OperationsPerCall">Operations of one call.</param>
internal sealed record Subject(string Name, Action Workload, Action? Setup, int OperationsPerCall)
{
    /// <summary>
    /// The benchmarks of an assembly whose names contain <paramref name="filter"/>, one after another: each is good
    /// until the next is asked for. All methods share an object: what a million users cost to set up is paid once.
    /// </summary>
    public static IEnumerable<Subject> All(Assembly assembly, string filter = "")
    {
        var types = assembly.GetTypes().Where(static type => type.GetMethods().Any(static method => method.IsDefined(typeof(BenchmarkAttribute))));
        var cases = types.SelectMany(static type => BenchmarkConverter.TypeToBenchmarks(type).BenchmarksCases);
        foreach (var group in cases.Where(item => NameOf(item).Contains(filter, StringComparison.OrdinalIgnoreCase)).GroupBy(ObjectOf))
        {
            var (type, first) = (group.First().Descriptor.Type, group.First());
            var subject = Activator.CreateInstance(type)!;
            foreach (var parameter in first.Parameters.Items)
            {
                type.GetProperty(parameter.Name)!.SetValue(subject, parameter.Value);
            }

            first.Descriptor.GlobalSetupMethod?.Invoke(subject, null);
            foreach (var item in group.Select(static item => item.Descriptor).Zip(group.Select(NameOf)))
            {
                var (descriptor, name) = item;
                var setup = descriptor.IterationSetupMethod is { } method ? ToAction(method, subject) : null;
                yield return new Subject(name, ToAction(descriptor.WorkloadMethod, subject), setup, descriptor.OperationsPerInvoke);
            }

            first.Descriptor.GlobalCleanupMethod?.Invoke(subject, null);
        }
    }

    /// <summary>What an operation takes, in nanoseconds: the mean of at least so much time in it.</summary>
    public double Mean(TimeSpan time)
    {
        var calls = Setup is null ? 64 : 1;
        var elapsed = TimeSpan.Zero;
        long operations = 0;
        do
        {
            Setup?.Invoke();
            var begin = Stopwatch.GetTimestamp();
            for (var i = 0; i < calls; i++)
            {
                Workload();
            }

            elapsed += Stopwatch.GetElapsedTime(begin);
            operations += (long)calls * OperationsPerCall;
        }
        while (elapsed < time);
        return elapsed.TotalNanoseconds / operations;
    }

    private static (Type Type, string Parameters) ObjectOf(BenchmarkCase item) => (item.Descriptor.Type, item.Parameters.DisplayInfo);

    private static string NameOf(BenchmarkCase item)
    {
        var name = item.Descriptor.Type.FullName!["ImsSipFast.Perf.".Length..].Replace("Benchmarks", "", StringComparison.Ordinal);
        var parameters = item.Parameters.Items.Select(static parameter => $"{parameter.Name}: {parameter.Value}");
        return $"{name}.{item.Descriptor.WorkloadMethod.Name}" + (item.HasParameters ? $"({string.Join(", ", parameters)})" : "");
    }

    private static Action ToAction(MethodInfo method, object subject)
    {
        if (method.ReturnType == typeof(void))
        {
            return method.CreateDelegate<Action>(subject);
        }

        var discard = typeof(Subject).GetMethod(nameof(Discard), BindingFlags.NonPublic | BindingFlags.Static)!;
        return (Action)discard.MakeGenericMethod(method.ReturnType).Invoke(null, [method, subject])!;
    }

    private static Action Discard<T>(MethodInfo method, object subject)
    {
        var call = method.CreateDelegate<Func<T>>(subject);
        return () => call();
    }
}
