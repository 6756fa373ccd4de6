using System.Diagnostics.CodeAnalysis;

namespace ImsSipFast.Engine.Messages;

/// <summary>
/// The way a message came, and so the way back (RFC 5626 §3.1): the peer's address, the transport, the listener of ours
/// and, where there are connections, which one. Sending takes a flow; an address alone does not say by which door.
/// <code>
/// octets  22 remote   2 transport (3 bits), listener (13 bits)   8 connection
/// </code>
/// </summary>
public readonly struct Flow : IEquatable<Flow>
{
    /// <summary>Listeners that a flow can tell apart.</summary>
    public const int MaxListeners = 1 << TransportShift;

    private const int TransportShift = 13;

    private readonly PeerAddress _remote;
    private readonly ushort _door;

    /// <param name="remote">Address and port of the peer.</param>
    /// <param name="transport">What carries it.</param>
    /// <param name="listener">Index of the listener, below <see cref="MaxListeners"/>.</param>
    /// <param name="connection">The connection's number, 0 for a datagram.</param>
    public Flow(in PeerAddress remote, Transport transport, int listener, long connection = 0)
    {
        _remote = remote;
        _door = (ushort)(((int)transport << TransportShift) | listener);
        Connection = connection;
    }

    /// <summary>Address and port of the peer.</summary>
    public PeerAddress Remote => _remote;

    /// <summary>What carries it.</summary>
    public Transport Transport => (Transport)(_door >> TransportShift);

    /// <summary>Index of our local address in the table of listeners; one socket may stand behind several.</summary>
    public int Listener => _door & (MaxListeners - 1);

    /// <summary>
    /// The connection, by a number that is never given twice while the process lives; 0 for a datagram, or when any
    /// connection to <see cref="Remote"/> will do.
    /// </summary>
    public long Connection { get; }

    /// <summary>Transport and listener in one number, as a token writes them.</summary>
    internal ushort Door => _door;

    /// <summary>True for <c>default</c>: no flow at all.</summary>
    public bool IsNone => _remote.IsNone;

    /// <summary>True when nothing has to be sent twice on it.</summary>
    public bool IsReliable => Transport.IsReliable();

    /// <summary>A flow from its parts as a token has them.</summary>
    internal static Flow Of(in PeerAddress remote, ushort door, long connection) =>
        new(remote, (Transport)(door >> TransportShift), door & (MaxListeners - 1), connection);

    /// <summary>The same listener and transport towards another address: another connection, if it takes one.</summary>
    public Flow To(in PeerAddress remote) => new(remote, Transport, Listener);

    /// <summary>True when both lead to the same peer over the same transport and connection, by whatever listener.</summary>
    public bool SamePeer(in Flow other) =>
        _remote == other._remote && Connection == other.Connection && Transport == other.Transport;

    /// <inheritdoc/>
    public bool Equals(Flow other) => _remote == other._remote && _door == other._door && Connection == other.Connection;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Flow other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_remote, _door, Connection);

    /// <summary>As an operator reads it: <c>udp:192.0.2.1:5060</c>.</summary>
    public override string ToString() => $"{Transport.ToString().ToLowerInvariant()}:{_remote}";

    /// <summary>Equality by value.</summary>
    public static bool operator ==(Flow left, Flow right) => left.Equals(right);

    /// <summary>Inequality by value.</summary>
    public static bool operator !=(Flow left, Flow right) => !left.Equals(right);
}
