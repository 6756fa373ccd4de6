using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Tasks.Sources;
using ImsSipFast.LoadGen.Metrics;
using ImsSipFast.LoadGen.Planning;

namespace ImsSipFast.LoadGen.Asking;

/// <summary>An attempt that somebody awaits; used again when its outcome has been taken.</summary>
internal sealed class PendingAttempt(ConcurrentQueue<PendingAttempt> idle) : IValueTaskSource<AttemptOutcome>
{
    // Who waits goes on elsewhere: the thread of the agents has more to do.
    private ManualResetValueTaskSourceCore<AttemptOutcome> _outcome = new() { RunContinuationsAsynchronously = true };
    private long _askedAt;

    /// <summary>Its number among all of the pool; 0 before it has one.</summary>
    public int Ticket { get; set; }

    /// <summary>What is asked for.</summary>
    public Profile Profile { get; private set; }

    /// <summary>Begins to wait.</summary>
    public ValueTask<AttemptOutcome> Ask(Profile profile)
    {
        _outcome.Reset();
        Profile = profile;
        _askedAt = Stopwatch.GetTimestamp();
        return new(this, _outcome.Version);
    }

    /// <summary>The attempt has ended.</summary>
    public void End(Cause? cause) => _outcome.SetResult(new(cause?.ToString(), Stopwatch.GetElapsedTime(_askedAt)));

    AttemptOutcome IValueTaskSource<AttemptOutcome>.GetResult(short token)
    {
        var outcome = _outcome.GetResult(token);
        idle.Enqueue(this);
        return outcome;
    }

    ValueTaskSourceStatus IValueTaskSource<AttemptOutcome>.GetStatus(short token) => _outcome.GetStatus(token);

    void IValueTaskSource<AttemptOutcome>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _outcome.OnCompleted(continuation, state, token, flags);
}
