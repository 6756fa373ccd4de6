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

        // Who rings posts first and then reads that the bell rings already; who wakes silences it and then reads what was
        // posted. One of the two has to see the other. The poster's counter is a full fence; without one here a weakly
        // ordered processor may read before the bell is silent for others, and the post would wait for the next wake-up.
        Interlocked.MemoryBarrier();
    }
}
