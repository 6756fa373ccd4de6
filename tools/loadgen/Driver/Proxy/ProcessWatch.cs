namespace ImsSipFast.LoadGen.Driver.Proxy;

/// <summary>Reads a process ten times a second, on a thread of its own, until it is disposed of.</summary>
internal sealed class ProcessWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private readonly ProcessTree _tree;
    // Never disposed of: it has no handle unless somebody waits for one, and Dispose may come twice.
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;

    /// <summary>Throws <see cref="UnavailableException"/> when there is no such process.</summary>
    public ProcessWatch(int process)
    {
        _tree = new ProcessTree(process);
        Take();
        _thread = new Thread(Watch) { IsBackground = true, Name = "process watch" };
        _thread.Start();
    }

    /// <summary>What was read; complete once this is disposed of.</summary>
    public ProcessTrace Trace { get; } = new();

    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
    }

    private void Watch()
    {
        var alive = true;
        while (alive && !_stop.Wait(Interval))
        {
            alive = TryTake();
        }

        _ = alive && TryTake();
    }

    /// <summary>A proxy that ended shows as failures; that its use is not known any more is left out of the report.</summary>
    private bool TryTake()
    {
        try
        {
            Take();
            return true;
        }
        catch (UnavailableException)
        {
            return false;
        }
    }

    private void Take()
    {
        var (cpu, resident) = _tree.Read();
        Trace.Add(DateTimeOffset.UtcNow, cpu, resident);
    }
}
