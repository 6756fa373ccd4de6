using ImsSipFast.Engine.Common;
using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Timing;

namespace ImsSipFast.Engine.Dialogs;

/// <summary>
/// The dialogs that pass through one shard: counted, shown to an operator, forgotten when idle. Dialogs are found by
/// Call-ID and the two tags in either order, since each side writes itself as From.
/// </summary>
internal sealed class DialogTable(TimingWheel wheel, EngineMetrics metrics, long idleTicks, int limit, ulong key)
{
    // Dialogs that a BYE has ended not long ago. Their 2xx may come after it: the BYE of an early dialog (RFC 3261 §15)
    // crosses it, or all that came before were lost. 8 KiB a shard, whatever comes.
    private const int EndedCapacity = 1024;
    private readonly ulong[] _ended = new ulong[EndedCapacity];
    private readonly LocalPool<Dialog> _idle = new(static () => new Dialog());
    private Dialog?[] _buckets = new Dialog?[1024];
    private int _count;

    /// <summary>
    /// Observes a response that makes or confirms a dialog. Returns the id of a new early dialog, or 0.
    /// </summary>
    /// <param name="response">With or without a To tag.</param>
    /// <param name="place">Where the request stood that it answers.</param>
    /// <param name="nowTick">The time.</param>
    public ulong Observe(SipMessage response, DialogPlace place, long nowTick)
    {
        if (response.ToTag.IsEmpty)
        {
            return 0;
        }

        var id = IdOf(response);
        var dialog = Find(id);
        var isNew = dialog is null;
        if (dialog is null)
        {
            // At the limit calls still go through; they are only not observed.
            if (place == DialogPlace.Observed || _count >= limit || _ended[id % EndedCapacity] == id)
            {
                return 0;
            }

            dialog = Add(id, response[response.CallId], nowTick);
        }

        dialog.LastSeenTick = nowTick;
        if (response.StatusCode >= 200 && dialog.State == DialogState.Early)
        {
            dialog.State = DialogState.Confirmed;
            metrics.DialogsConfirmed += place == DialogPlace.Unobserved ? 0 : 1;
        }

        return isNew && dialog.State == DialogState.Early ? id : 0;
    }

    /// <summary>A request that may be inside a dialog: that one is not idle.</summary>
    public DialogPlace Touch(SipMessage request, long nowTick)
    {
        if (request.ToTag.IsEmpty)
        {
            return DialogPlace.Outside;
        }

        if (Find(IdOf(request)) is not { } dialog)
        {
            return DialogPlace.Unobserved;
        }

        dialog.LastSeenTick = nowTick;
        return DialogPlace.Observed;
    }

    /// <summary>A BYE has passed: the dialog is over (RFC 3261 §15.1.1).</summary>
    public void Terminate(SipMessage message)
    {
        if (message.ToTag.IsEmpty)
        {
            return;
        }

        var id = IdOf(message);
        _ended[id % EndedCapacity] = id;
        if (Find(id) is { } dialog)
        {
            Remove(dialog);
        }
    }

    /// <summary>A branch ended without a 2xx: the early dialogs it made are over (RFC 3261 §12.3).</summary>
    public void TerminateEarly(List<ulong> ids)
    {
        foreach (var id in ids)
        {
            if (Find(id) is { State: DialogState.Early } dialog)
            {
                Remove(dialog);
            }
        }

        ids.Clear();
    }

    /// <summary>The idle timer fired. True when the dialog really was idle that long and is now forgotten.</summary>
    public bool OnIdleTimer(Dialog dialog, long nowTick)
    {
        var due = dialog.LastSeenTick + idleTicks;
        if (due > nowTick)
        {
            wheel.Schedule(dialog.IdleTimer, TimerKind.Dialog, due);
            return false;
        }

        Remove(dialog);
        return true;
    }

    /// <summary>Lets go of a part of the dialogs that were not needed since the last call.</summary>
    public void Trim() => _idle.Trim();

    /// <summary>Keyed hash of Call-ID and both tags: the same in either direction.</summary>
    public ulong IdOf(SipMessage message)
    {
        var from = new Hash64(key);
        from.Add(message[message.FromTag]);
        var to = new Hash64(key);
        to.Add(message[message.ToTag]);
        var hash = new Hash64(key);
        hash.Add(message[message.CallId]);
        hash.Add(from.Value + to.Value);
        return hash.Value;
    }

    private Dialog? Find(ulong id)
    {
        var dialog = _buckets[(int)id & (_buckets.Length - 1)];
        while (dialog is not null && dialog.Id != id)
        {
            dialog = dialog.NextInBucket;
        }

        return dialog;
    }

    private Dialog Add(ulong id, ReadOnlySpan<byte> callId, long nowTick)
    {
        if (_count >= _buckets.Length)
        {
            Grow();
        }

        var dialog = _idle.Get();
        dialog.Begin(id, callId, nowTick);
        ref var bucket = ref _buckets[(int)id & (_buckets.Length - 1)];
        dialog.NextInBucket = bucket;
        bucket = dialog;
        _count++;
        metrics.DialogsAlive++;
        wheel.Schedule(dialog.IdleTimer, TimerKind.Dialog, nowTick + idleTicks);
        return dialog;
    }

    private void Remove(Dialog dialog)
    {
        wheel.Cancel(dialog.IdleTimer);
        ref var bucket = ref _buckets[(int)dialog.Id & (_buckets.Length - 1)];
        if (bucket == dialog)
        {
            bucket = dialog.NextInBucket;
        }
        else
        {
            var previous = bucket!;
            while (previous.NextInBucket != dialog)
            {
                previous = previous.NextInBucket!;
            }

            previous.NextInBucket = dialog.NextInBucket;
        }

        _count--;
        metrics.DialogsAlive--;
        _idle.Return(dialog);
    }

    private void Grow()
    {
        var old = _buckets;
        _buckets = new Dialog?[old.Length * 2];
        foreach (var head in old)
        {
            for (var dialog = head; dialog is not null;)
            {
                var next = dialog.NextInBucket;
                ref var bucket = ref _buckets[(int)dialog.Id & (_buckets.Length - 1)];
                dialog.NextInBucket = bucket;
                bucket = dialog;
                dialog = next;
            }
        }
    }
}
