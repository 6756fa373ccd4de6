using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>Stands at the border of the engine and sees every datagram in the order in which it passes.</summary>
internal interface ISimWitness
{
    /// <summary>A datagram is about to be taken in; timers that are due by now have fired.</summary>
    void Arrived(in PeerAddress peer, in PeerAddress listener, byte[] octets, MessageKind kind);

    /// <summary>It has been dealt with: what was sent since <see cref="Arrived"/> was its effect.</summary>
    void Handled();

    /// <summary>The engine sends.</summary>
    void Sent(in PeerAddress listener, in PeerAddress destination, ReadOnlySpan<byte> octets);
}
