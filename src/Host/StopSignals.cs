using System.Runtime.InteropServices;

namespace ImsSipFast.Host;

/// <summary>SIGTERM and Ctrl-C: the first asks for a drain, the second ends the process at once.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly TaskCompletionSource<PosixSignal> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<int> _endAtOnce;
    private readonly PosixSignalRegistration[] _registrations;

    /// <param name="endAtOnce">Ends the process with that exit code; called on the second signal.</param>
    public StopSignals(Action<int> endAtOnce)
    {
        _endAtOnce = endAtOnce;
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Take), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Take)];
    }

    /// <summary>The first signal, once it has come.</summary>
    public Task<PosixSignal> First => _first.Task;

    /// <summary>The name that people know it by.</summary>
    public static string NameOf(PosixSignal signal) => signal == PosixSignal.SIGINT ? "Ctrl-C" : "SIGTERM";

    public void Dispose() => Array.ForEach(_registrations, static registration => registration.Dispose());

    private void Take(PosixSignalContext context)
    {
        context.Cancel = true;
        if (!_first.TrySetResult(context.Signal))
        {
            _endAtOnce(context.Signal == PosixSignal.SIGINT ? ExitCode.Interrupted : ExitCode.Terminated);
        }
    }
}
