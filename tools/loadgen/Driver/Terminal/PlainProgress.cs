using ImsSipFast.LoadGen.Driver.Report;
using ImsSipFast.LoadGen.Results;

namespace ImsSipFast.LoadGen.Driver.Terminal;

/// <summary>A line a second, for files and pipes.</summary>
internal sealed class PlainProgress(TextWriter output) : IProgressView
{
    public void Show(string title, TimeSpan length, Action<Action<Sample>> work)
    {
        output.WriteLine(title);
        work(second => output.WriteLine(Line(second, length)));
    }

    /// <summary>One second in words.</summary>
    public static string Line(Sample second, TimeSpan length) =>
        $"{second.At,4:0} of {length.TotalSeconds:0} s  {second.Phase,-7}  {second.Offered,7:N0}/s begun {second.Succeeded,7:N0}/s ok  "
        + $"{second.Failed:N0}/s failed  {second.InFlight:N0} in flight  p50 {Figures.Delay(second.P50)}  p99 {Figures.Delay(second.P99)}";
}
