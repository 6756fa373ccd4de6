namespace ImsSipFast.Engine.Messages;

/// <summary>
/// Sends borrow: the bytes are copied (or on the wire) when the call returns, so nothing can be kept by mistake.
/// Datagrams to one peer leave in the order of the calls.
/// </summary>
internal interface IMessageSender
{
    /// <summary>Sends from the listener with that index, so that answers leave where the request came in.</summary>
    void Send(int listener, in PeerAddress destination, ReadOnlySpan<byte> datagram);
}
