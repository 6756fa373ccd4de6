using ImsSipFast.LoadGen.Driver.Report;
using ImsSipFast.LoadGen.Results;

namespace ImsSipFast.LoadGen.Driver.Terminal;

/// <summary>A line a second, for files and pipes.</summary>
internal sealed class PlainProgress(TextWriter output) : IProgressView
{
    public void Show(string title, TimeSpan length, Action<Action<Sample>> work)
    {
        output.WriteLine(title + ", per second:");
        work(second => output.WriteLine(Line(second, length)));
    }

    /// <summary>One second in words.</summary>
    public static string Line(Sample second, TimeSpan length) =>
        $"{second.At,4:0} of {length.TotalSeconds:0} s {second.Phase,-8} {second.Offered,7:N0} begun {second.Succeeded,7:N0} ok "
        + $"{second.Failed,5:N0} failed {second.InFlight,5:N0} in flight"
        + (second.Max > 0 ? $"  p50 {Figures.Delay(second.P50)}  p99 {Figures.Delay(second.P99)}" : "");
}
