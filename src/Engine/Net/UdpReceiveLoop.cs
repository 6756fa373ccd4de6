using System.Net.Sockets;
using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;
using Microsoft.Extensions.Logging;

namespace ImsSipFast.Engine.Net;

/// <summary>
/// One socket's receiver: a SocketAsyncEventArgs waits until there is something to read, then batches are read and
/// posted until there is nothing left. The wait looks at one octet and leaves it in the socket, so every datagram
/// takes the same way in. The loop outlives every error; it ends when its socket is closed.
/// </summary>
internal sealed class UdpReceiveLoop : IThreadPoolWorkItem
{
    // With inline completions a loop runs on the thread that polls for other sockets too: after so many datagrams
    // without a wait, a few milliseconds' work, it gives way to them.
    private const int DatagramsBeforeGivingWay = 2048;

    // Errors that tell nothing about the socket, in a row and without a datagram between them, before they count as
    // a fault that needs a pause.
    private const int ErrorsBeforePause = 64;

    private readonly ListenerSocket _socket;
    private readonly IMessageSink _sink;
    private readonly DatagramFilter _filter;
    private readonly ILogger _logger;
    private readonly RawMessage[] _received = new RawMessage[LinuxBatchSocket.Slots];
    private readonly SocketAsyncEventArgs _wait = new(true);
    private readonly PollerYield? _turn;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _errorsInARow;
    private bool _flows;
    private volatile bool _stopping;

    // Which of a listener's loops runs on this thread, plus one.
    [ThreadStatic]
    private static int t_loop;

    public UdpReceiveLoop(ListenerSocket socket, IMessageSink sink, int maxMessageLength, ILogger logger)
    {
        _socket = socket;
        _sink = sink;
        _filter = new DatagramFilter(maxMessageLength, Metrics);
        _logger = logger;
        _wait.SetBuffer(new byte[1]);
        _wait.Completed += (_, _) => Continue();
        _turn = PollerYield.Create(Run);
    }

    /// <summary>Datagrams dropped here, which are counted as received here too; the others are counted by their shard.</summary>
    public EngineMetrics Metrics { get; } = new();

    /// <summary>Ends when the loop has.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Index among its listener's loops of the one that runs on this thread; -1 when none does.</summary>
    public static int IndexOnThisThread => t_loop - 1;

    /// <summary>Begins to receive, on a thread of the pool.</summary>
    public void Start() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    /// <summary>Lets the loop end at its next step; closing the socket wakes it.</summary>
    public void Stop() => _stopping = true;

    /// <inheritdoc/>
    public void Execute() => Run();

    private void Continue()
    {
        if (Pass(_wait.SocketError))
        {
            Run();
        }
    }

    private void Run()
    {
        t_loop = _socket.Index + 1;
        for (var datagrams = 0; datagrams < DatagramsBeforeGivingWay;)
        {
            if (_stopping)
            {
                End();
                return;
            }

            var count = Drain(out var error);
            datagrams += count;
            if (!Pass(error))
            {
                return;
            }

            // Where datagrams flow, the next are there by now: reading at once saves the look that a wait begins with.
            if (count == _received.Length || (_flows && count > 0))
            {
                continue;
            }

            if (TryWait(out error))
            {
                return;
            }

            _flows = error == SocketError.Success;
            if (!Pass(error))
            {
                return;
            }
        }

        if (_turn?.TryGiveWay() != true)
        {
            Start();
        }
    }

    /// <summary>Reads one batch and has it handled. How many datagrams it had.</summary>
    private int Drain(out SocketError error)
    {
        error = SocketError.Success;
        try
        {
            var count = _socket.Io.Receive(_received, out error);
            for (var i = 0; i < count; i++)
            {
                if (_filter.Passes(_received[i]))
                {
                    _sink.Post(_received[i]);
                }
            }

            CountKernelDrops();
            if (count > 0)
            {
                _errorsInARow = 0;
                _sink.DrainEnded(batchFull: count == _received.Length);
            }

            return count;
        }
        catch (ObjectDisposedException)
        {
            error = SocketError.OperationAborted;
        }
        catch (Exception e)
        {
            // Neither socket nor sink should throw. If one does it is a bug, or memory is short; neither is a reason to go deaf.
            _logger.LogError(e, "Receive loop of listener {Listener} goes on after an exception", _socket.Listener);
            error = SocketError.SocketError;
        }

        return 0;
    }

    /// <summary>Waits for the socket to become readable. False when it is already, or has an error to tell.</summary>
    private bool TryWait(out SocketError error)
    {
        error = SocketError.OperationAborted;
        _flows = false;
        try
        {
            // The framework puts the flags of what it received here, so they are asked for every time.
            _wait.SocketFlags = SocketFlags.Peek;
            if (_socket.Socket.ReceiveAsync(_wait))
            {
                return true;
            }

            error = _wait.SocketError;
        }
        catch (ObjectDisposedException)
        {
            // Closed between two steps: the same as closed during the wait.
        }

        return false;
    }

    /// <summary>True when the loop goes on at once; otherwise it has ended or goes on after a pause.</summary>
    private bool Pass(SocketError error)
    {
        if (error is SocketError.Success or SocketError.WouldBlock)
        {
            return true;
        }

        var tier = SocketErrorPolicy.OnReceive(error);
        if (tier == ReceiveErrorTier.Fatal || _stopping)
        {
            End();
            return false;
        }

        if (_socket.PostUndelivered(_sink))
        {
            _errorsInARow = 0;
            _sink.DrainEnded(batchFull: false);
        }

        if (++_errorsInARow < ErrorsBeforePause && tier == ReceiveErrorTier.Ignore)
        {
            return true;
        }

        _ = ContinueAfterPause(error);
        return false;
    }

    private async Task ContinueAfterPause(SocketError error)
    {
        var failures = Math.Max(1, _errorsInARow - ErrorsBeforePause);
        if (failures == 1)
        {
            _logger.LogWarning("Receiving on listener {Listener} fails ({Error}); trying again", _socket.Listener, error);
        }

        await Task.Delay(SocketErrorPolicy.PauseAfter(failures)).ConfigureAwait(false);
        Run();
    }

    private void CountKernelDrops()
    {
        var drops = _socket.Io.KernelDrops;
        if (drops != Metrics.Dropped(DropReason.KernelOverflow))
        {
            Metrics.Drop(DropReason.KernelOverflow, drops - Metrics.Dropped(DropReason.KernelOverflow));
        }
    }

    private void End()
    {
        _wait.Dispose();
        _turn?.Dispose();
        _socket.Io.ReturnSlots();
        _ended.TrySetResult();
    }
}
