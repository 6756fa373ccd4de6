using System.Diagnostics;

namespace ImsSipFast.Perf.Running;

/// <summary>
/// The least time of many short rounds: what an operation takes when nothing comes between. Good for "before and
/// after" on a machine that others use too; means and deviations are BenchmarkDotNet's business.
/// </summary>
internal static class QuickTimes
{
    private static readonly TimeSpan s_round = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan s_whole = TimeSpan.FromSeconds(2);

    /// <summary>Prints a line for each benchmark whose name contains <paramref name="filter"/>.</summary>
    public static int Run(string filter, TextWriter output)
    {
        foreach (var subject in Subject.All(typeof(QuickTimes).Assembly, filter))
        {
            output.WriteLine($"{Least(subject),12:n1} ns  {subject.Name}");
        }

        return 0;
    }

    private static double Least(Subject subject)
    {
        var least = double.MaxValue;
        var begin = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begin) < s_whole)
        {
            least = Math.Min(least, subject.Mean(s_round));
        }

        return least;
    }
}
