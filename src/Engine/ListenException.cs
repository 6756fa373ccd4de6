using System.Net.Sockets;

namespace ImsSipFast.Engine;

/// <summary>An address cannot be listened on; the message is one line for the operator.</summary>
public sealed class ListenException : Exception
{
    /// <summary>An address that could not be bound.</summary>
    public ListenException(ListenAddress address, SocketException cause)
        : base($"{address}: {Reason(cause)}", cause)
    {
        Address = address;
        Error = cause.SocketErrorCode;
    }

    /// <summary>The address as it was configured.</summary>
    public ListenAddress Address { get; }

    /// <summary>What the system said; <see cref="SocketError.AddressAlreadyInUse"/> for a port in use.</summary>
    public SocketError Error { get; }

    private static string Reason(SocketException cause) => cause.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => "the port is in use by another program",
        SocketError.AddressNotAvailable => "no interface of this machine has this address",
        SocketError.AddressFamilyNotSupported => "this machine does not speak this version of IP",
        SocketError.AccessDenied => "this user may not open the port (those below 1024 need a privilege)",
        _ => cause.Message,
    };
}
