using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Net;

/// <summary>
/// Asks the system's routing table: a datagram socket that is "connected" sends nothing, but has the local address that
/// leads to its peer. Used by one thread at a time.
/// </summary>
internal sealed unsafe class RouteLookup : IRouteLookup, IDisposable
{
    private readonly Socket?[] _sockets = new Socket?[2];

    /// <inheritdoc/>
    public bool TryFind(in PeerAddress peer, out PeerAddress local)
    {
        local = default;
        if (peer.IsAny || peer.IsBroadcastOrMulticast)
        {
            return false;
        }

        try
        {
            return OperatingSystem.IsLinux() ? TryFindOnLinux(peer, out local) : TryFindAnywhere(peer, out local);
        }
        catch (SocketException)
        {
            // No socket of that family, or no route.
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_sockets, static socket => socket?.Dispose());

    /// <summary>One socket for all questions: connected anew each time, without an object.</summary>
    private bool TryFindOnLinux(in PeerAddress peer, out PeerAddress local)
    {
        ref var socket = ref _sockets[peer.IsV4 ? 0 : 1];
        socket ??= Open(peer.IsV4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6);
        Span<byte> name = stackalloc byte[SocketAddressBytes.V6Length];
        name.Clear();
        fixed (byte* octets = name)
        {
            // A socket keeps the address of its first route; family 0 takes it away again (connect(2)).
            _ = LinuxSocketCalls.Connect(socket.SafeHandle, octets, SocketAddressBytes.V4Length);
            MemoryMarshal.Write(name, peer.IsV4 ? LinuxSocketCalls.FamilyV4 : LinuxSocketCalls.FamilyV6);
            SocketAddressBytes.Write(peer.Port == 0 ? peer.WithPort(1) : peer, name);
            var length = (uint)(peer.IsV4 ? SocketAddressBytes.V4Length : SocketAddressBytes.V6Length);
            var found = LinuxSocketCalls.Connect(socket.SafeHandle, octets, length) == 0
                && LinuxSocketCalls.GetSocketName(socket.SafeHandle, octets, &length) == 0;
            local = found ? SocketAddressBytes.Read(name, peer.IsV4).WithPort(0) : default;
        }

        return !local.IsAny;
    }

    private static bool TryFindAnywhere(in PeerAddress peer, out PeerAddress local)
    {
        var endPoint = peer.ToEndPoint();
        using var socket = Open(endPoint.AddressFamily);
        socket.Connect(endPoint.Address, Math.Max(1, endPoint.Port));
        local = PeerAddress.From((IPEndPoint)socket.LocalEndPoint!).WithPort(0);
        return !local.IsAny;
    }

    private static Socket Open(AddressFamily family) => new(family, SocketType.Dgram, ProtocolType.Udp);
}
