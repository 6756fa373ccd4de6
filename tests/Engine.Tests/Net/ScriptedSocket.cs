using System.Net.Sockets;
using System.Text;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Net;

namespace ImsSipFast.Engine.Tests.Net;

/// <summary>A socket that answers each call to send as the script says: how many leave, and the error of the next.</summary>
internal sealed class ScriptedSocket(params (int Sent, SocketError Error)[] script) : IBatchSocket
{
    private readonly Queue<(int Sent, SocketError Error)> _script = new(script);

    public List<string> Left { get; } = [];

    public int Waits { get; private set; }

    public int Calls { get; private set; }

    public bool IsClosed { get; set; }

    /// <summary>It is closed as soon as something has left.</summary>
    public bool ClosesAfterSend { get; init; }

    public void Dispose() => IsClosed = true;

    public Queue<RawMessage> Notices { get; } = new();

    public long KernelDrops => 0;

    public int Receive(RawMessage[] received, out SocketError error)
    {
        error = SocketError.WouldBlock;
        return 0;
    }

    public int Send(SendLane lane, int start, int end, out SocketError error)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        Calls++;
        var (sent, verdict) = _script.TryDequeue(out var step) ? step : (end - start, SocketError.Success);
        sent = Math.Min(sent, end - start);
        for (var i = start; i < start + sent; i++)
        {
            Left.Add(Encoding.ASCII.GetString(lane.BytesOf(i)));
        }

        error = verdict;
        IsClosed |= ClosesAfterSend && Left.Count > 0;
        if (Fault is { } fault)
        {
            Fault = null;
            throw fault;
        }

        return sent;
    }

    public void WaitForRoom(int microseconds) => Waits++;

    /// <summary>Thrown by the next call to send, after all of it has left.</summary>
    public Exception? Fault { get; set; }

    public bool TryTakeUndelivered(out RawMessage notice)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        return Notices.TryDequeue(out notice!);
    }

    public void ReturnSlots()
    {
    }
}
