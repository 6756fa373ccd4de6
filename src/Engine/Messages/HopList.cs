namespace ImsSipFast.Engine.Messages;

/// <summary>
/// Where a request may be sent to reach one next hop, in the order of trial (RFC 3263 §4.3). A value: a list of one
/// holds its address itself, a longer one shares the resolver's.
/// </summary>
internal readonly struct HopList
{
    /// <summary>Addresses of one list; more than this would be tried for minutes.</summary>
    public const int MaxCount = 8;

    // A list of one: the address. Else its port alone, for the addresses that have none of their own.
    private readonly PeerAddress _one;
    private readonly PeerAddress[]? _several;

    /// <summary>A list of one.</summary>
    public HopList(in PeerAddress address) => _one = address;

    /// <param name="addresses">1 to <see cref="MaxCount"/>; not changed afterwards.</param>
    /// <param name="port">The port of those that have none.</param>
    public HopList(PeerAddress[] addresses, int port)
    {
        _several = addresses.Length > 1 ? addresses : null;
        _one = _several is null ? WithPort(addresses[0], port) : default(PeerAddress).WithPort(port);
    }

    /// <summary>How many there are; 0 for <c>default</c>.</summary>
    public int Count => _several?.Length ?? (_one.IsNone ? 0 : 1);

    /// <summary>The address to try at that place.</summary>
    public PeerAddress this[int index] => _several is { } several ? WithPort(several[index], _one.Port) : _one;

    private static PeerAddress WithPort(in PeerAddress address, int port) => address.Port == 0 ? address.WithPort(port) : address;
}
