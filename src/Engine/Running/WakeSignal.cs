namespace ImsSipFast.Engine.Running;

/// <summary>
/// A bell for one thread. Ringing it while it rings costs one read, so that a busy engine pays for it only when
/// the thread really sleeps.
/// </summary>
internal sealed class WakeSignal
{
    private readonly object _gate = new();
    private volatile bool _rung;

    /// <summary>Wakes the thread, or lets its next wait end at once.</summary>
    public void Ring()
    {
        if (_rung)
        {
            return;
        }

        lock (_gate)
        {
            _rung = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Sleeps until the bell rings, at most so long; then the bell is silent again.</summary>
    public void Wait(int milliseconds)
    {
        lock (_gate)
        {
            if (!_rung)
            {
                Monitor.Wait(_gate, milliseconds);
            }

            _rung = false;
        }
    }
}
