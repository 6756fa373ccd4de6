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
        $"{second.At,5:0} of {length.TotalSeconds:0} s  {second.Phase,-8}  {Figures.Rate(second.Offered),8}/s begun  {Figures.Rate(second.Succeeded),8}/s ok  "
        + $"{Figures.Rate(second.Failed)}/s failed  {second.InFlight} in flight  p50 {Figures.Delay(second.P50)}  p99 {Figures.Delay(second.P99)}";
}
