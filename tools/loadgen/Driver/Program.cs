using System.Runtime.InteropServices;
using ImsSipFast.LoadGen.Driver.Options;
using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Results;

namespace ImsSipFast.LoadGen.Driver;

/// <summary>Reads the command line and turns what goes wrong into one line and an exit code.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext signal)
        {
            // The first signal ends the run and shows what was seen; the second ends the program.
            signal.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            var session = new Session(Load, Console.Out, stop.Token);
            return DriverCommand.Invoke(arguments, session.Execute, Console.Out, Console.Error);
        }
        catch (UnavailableException refusal)
        {
            Console.Error.WriteLine(refusal.Message);
            return ExitCode.Unavailable;
        }
        catch (Exception fault)
        {
            Console.Error.WriteLine($"a fault of the program: {fault}");
            return ExitCode.Fault;
        }
    }

    private static LoadResult Load(LoadPlan plan, Action<Sample> progress, CancellationToken stop)
    {
        var run = new LoadRun(plan);
        run.Progress += progress;
        return run.Run(stop);
    }
}
