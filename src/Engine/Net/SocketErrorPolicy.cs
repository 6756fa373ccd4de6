using System.Net.Sockets;

namespace ImsSipFast.Engine.Net;

/// <summary>What a receive loop does about an error.</summary>
internal enum ReceiveErrorTier : byte
{
    /// <summary>It says nothing about the socket: go on at once.</summary>
    Ignore,

    /// <summary>The machine is short of something, or the error is unknown: go on after a pause.</summary>
    BackOff,

    /// <summary>The socket was closed: the loop ends.</summary>
    Fatal,
}

/// <summary>What a sender does about an error.</summary>
internal enum SendErrorTier : byte
{
    /// <summary>It may belong to an earlier datagram: try the same one again, once.</summary>
    TryAgain,

    /// <summary>It belongs to an earlier datagram, and in a storm to closed ports so may the next: try until it leaves.</summary>
    OfAnother,

    /// <summary>The socket's buffer is full: try again after a short wait, a few times.</summary>
    WaitBriefly,

    /// <summary>The socket was closed: nothing can leave any more.</summary>
    Fatal,
}

/// <summary>Every socket error in its tier. No error of one datagram ever stops a loop.</summary>
internal static class SocketErrorPolicy
{
    /// <summary>The longest pause of a receive loop in milliseconds.</summary>
    public const int LongestPause = 1000;

    /// <summary>The tier of an error met while receiving.</summary>
    public static ReceiveErrorTier OnReceive(SocketError error) => error switch
    {
        // Nothing to read after all.
        SocketError.Success or SocketError.WouldBlock or SocketError.TryAgain or SocketError.IOPending
            or SocketError.Interrupted or SocketError.TimedOut => ReceiveErrorTier.Ignore,

        // An ICMP message about something we sent; the platform reports it on the next call, whatever that is.
        SocketError.ConnectionRefused or SocketError.ConnectionReset or SocketError.NetworkReset
            or SocketError.HostUnreachable or SocketError.HostDown or SocketError.NetworkUnreachable
            or SocketError.ProtocolOption or SocketError.ProtocolNotSupported or SocketError.AccessDenied => ReceiveErrorTier.Ignore,

        // A datagram longer than the buffer that looked at it.
        SocketError.MessageSize => ReceiveErrorTier.Ignore,

        SocketError.OperationAborted or SocketError.NotSocket or SocketError.Shutdown => ReceiveErrorTier.Fatal,
        _ => ReceiveErrorTier.BackOff,
    };

    /// <summary>The tier of an error met while sending.</summary>
    public static SendErrorTier OnSend(SocketError error) => error switch
    {
        SocketError.WouldBlock or SocketError.TryAgain or SocketError.IOPending
            or SocketError.NoBufferSpaceAvailable => SendErrorTier.WaitBriefly,
        SocketError.OperationAborted or SocketError.NotSocket or SocketError.Shutdown => SendErrorTier.Fatal,

        // "Port unreachable" is an answer from afar: no datagram is refused for it while it is being sent.
        SocketError.ConnectionRefused or SocketError.ConnectionReset => SendErrorTier.OfAnother,

        // An ICMP error that waits on the socket is handed to the next send, which has nothing to do with it. When
        // the same datagram is refused again, the error is its own: too long, no route, not permitted.
        _ => SendErrorTier.TryAgain,
    };

    /// <summary>The pause after one more failure in a row, in milliseconds: 1, 2, 4 … 1,000.</summary>
    public static int PauseAfter(int failuresInARow) => Math.Min(LongestPause, 1 << Math.Min(failuresInARow - 1, 10));

    /// <summary>Waits for a full socket buffer to take datagrams again, at most so long.</summary>
    public static void WaitForRoom(Socket socket, int microseconds)
    {
        try
        {
            if (socket.Poll(microseconds, SelectMode.SelectWrite))
            {
                // There is room in the socket, so it was the interface's queue that was full.
                Thread.Yield();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The next attempt to send tells what is wrong.
        }
    }
}
