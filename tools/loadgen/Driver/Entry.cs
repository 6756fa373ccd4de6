using System.Runtime.InteropServices;

namespace ImsSipFast.LoadGen.Driver;

/// <summary>What a front end does around its work: signals end it, and what goes wrong is one line and an exit code.</summary>
internal static class Entry
{
    /// <summary>Does the work and returns an <see cref="ExitCode"/>.</summary>
    /// <param name="work">Told to stop by the first signal; the second ends the program.</param>
    public static int Run(Func<CancellationToken, int> work)
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
            return work(stop.Token);
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
}
