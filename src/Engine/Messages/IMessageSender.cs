namespace ImsSipFast.Engine.Messages;

/// <summary>
/// Sends borrow: the bytes are copied (or on the wire) when the call returns, so nothing can be kept by mistake.
/// Messages on one flow leave in the order of the calls. What cannot be sent comes back as a notice, not here.
/// </summary>
internal interface IMessageSender
{
    /// <summary>Sends on that flow, so that answers leave where the request came in.</summary>
    void Send(in Flow flow, ReadOnlySpan<byte> message);
}
