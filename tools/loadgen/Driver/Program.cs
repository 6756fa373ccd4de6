using ImsSipFast.LoadGen.Driver.Options;
using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Results;

namespace ImsSipFast.LoadGen.Driver;

/// <summary>The built-in driver.</summary>
internal static class Program
{
    private static int Main(string[] arguments) => Entry.Run(stop =>
        DriverCommand.Invoke(arguments, new Session(Load, Console.Out, stop).Execute, Console.Out, Console.Error));

    private static LoadResult Load(LoadPlan plan, Action<Sample> progress, CancellationToken stop)
    {
        var run = new LoadRun(plan);
        run.Progress += progress;
        return run.Run(stop);
    }
}
