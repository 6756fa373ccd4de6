using System.Globalization;

namespace ImsSipFast.Perf.Running;

/// <summary>
/// One benchmark for as long as a profiler wants to look: no harness in the picture, and a mean for each second.
/// <c>--spin 'Shard.Call(Users: 1000)' 20</c>
/// </summary>
internal static class Spin
{
    /// <param name="filter">The first benchmark whose name contains it.</param>
    /// <param name="seconds">How long, in seconds of its own.</param>
    /// <param name="output">A line for each second.</param>
    public static int Run(string filter, int seconds, TextWriter output)
    {
        foreach (var subject in Subject.All(typeof(Spin).Assembly, filter))
        {
            output.WriteLine(subject.Name);
            for (var second = 0; second < seconds; second++)
            {
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{subject.Mean(TimeSpan.FromSeconds(1)),12:n1} ns"));
            }

            return 0;
        }

        Console.Error.WriteLine($"no benchmark has {filter} in its name");
        return 64;
    }
}
