namespace ImsSipFast.Engine.Messages;

/// <summary>One address of ours that peers write to: a socket and, when that is bound to any address, one of them.</summary>
/// <param name="Index">Its place in the table.</param>
/// <param name="Element">The network element that it belongs to, from 0.</param>
/// <param name="Transport">What it takes.</param>
/// <param name="Socket">Index of its socket among those that the options ask for.</param>
/// <param name="Bound">Address and port that the socket is bound to.</param>
/// <param name="Reached">Where peers reach it: as bound, or the one address of a socket that is bound to any.</param>
/// <param name="Source">The address that datagrams leave from; none when the system is to choose.</param>
/// <param name="SentBy">What goes into our Via: <c>host:port</c>.</param>
internal sealed record LocalListener(
    int Index, int Element, Transport Transport, int Socket, PeerAddress Bound, PeerAddress Reached, PeerAddress Source, byte[] SentBy)
{
    /// <summary>What leaves by it cannot be read on the way, so that it may carry what a sips URI asks for (RFC 3261 §26.2.2).</summary>
    public bool IsSecure => Transport.IsSecure();
}
