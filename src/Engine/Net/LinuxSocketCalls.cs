using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ImsSipFast.Engine.Net;

/// <summary>
/// The system calls of Linux that the framework does not offer, and the numbers they speak. The framework guards the
/// handle during a call, so a socket that is closed meanwhile is never another one by the same number.
/// </summary>
internal static unsafe partial class LinuxSocketCalls
{
    public const int DontWait = 0x40;
    public const int FromErrorQueue = 0x2000;

    public const int SocketLevel = 1;
    public const int ReuseAddress = 2;
    public const int ReusePort = 15;
    public const int ForceReceiveBuffer = 33;
    public const int ReceiveQueueOverflow = 40;

    public const int IpLevel = 0;
    public const int IpPacketInfo = 8;
    public const int IpReceiveErrors = 11;
    public const int Ipv6Level = 41;
    public const int Ipv6ReceiveErrors = 25;
    public const int Ipv6ReceivePacketInfo = 49;
    public const int Ipv6PacketInfo = 50;

    public const ushort FamilyV4 = 2;
    public const ushort FamilyV6 = 10;

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    internal static partial int ReceiveMany(SafeSocketHandle socket, LinuxMessages.Message* messages, uint count, int flags, void* timeout);

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    internal static partial int SendMany(SafeSocketHandle socket, LinuxMessages.Message* messages, uint count, int flags);

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    internal static partial nint ReceiveOne(SafeSocketHandle socket, LinuxMessages.Header* message, int flags);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    internal static partial int Connect(SafeSocketHandle socket, byte* name, uint length);

    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    internal static partial int GetSocketName(SafeSocketHandle socket, byte* name, uint* length);

    /// <summary>The error of the last call as the framework names it.</summary>
    public static SocketError LastError() => Marshal.GetLastPInvokeError() switch
    {
        4 => SocketError.Interrupted,
        9 => SocketError.NotSocket,
        11 => SocketError.WouldBlock,
        12 or 105 => SocketError.NoBufferSpaceAvailable,
        1 or 13 => SocketError.AccessDenied,
        22 => SocketError.InvalidArgument,
        90 => SocketError.MessageSize,
        92 => SocketError.ProtocolOption,
        97 => SocketError.AddressFamilyNotSupported,
        99 => SocketError.AddressNotAvailable,
        100 => SocketError.NetworkDown,
        101 => SocketError.NetworkUnreachable,
        104 => SocketError.ConnectionReset,
        111 => SocketError.ConnectionRefused,
        112 => SocketError.HostDown,
        113 => SocketError.HostUnreachable,
        _ => SocketError.SocketError,
    };
}
