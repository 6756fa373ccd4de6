using System.Text;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>Names that a test sets. With a delay the answer comes as an event to the shard that asked, as in life.</summary>
internal sealed class FakeHostResolver(SimClock clock) : IHostResolver
{
    /// <summary>Set under this name, an address is that of every name without one of its own.</summary>
    public const string AnyName = "*";

    private readonly Dictionary<string, (PeerAddress[] Addresses, long Delay)> _hosts = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Where the outcome of a delayed look-up goes: the shard and what it gets.</summary>
    public Action<int, HostResolution>? Post { get; set; }

    /// <summary>Called for each look-up; what it throws comes out of the shard that asks.</summary>
    public Action? OnResolve { get; set; }

    /// <summary>Every name asked for, in order.</summary>
    public List<string> Asked { get; } = [];

    public void Set(string name, PeerAddress[] addresses, long delay) => _hosts[name] = (addresses, delay);

    public ResolveStatus Resolve(ReadOnlySpan<byte> host, int port, Transport transport, int shard, long ticket, out HopList hops)
    {
        OnResolve?.Invoke();
        var name = Encoding.Latin1.GetString(host);
        Asked.Add(name);
        hops = default;
        if (!_hosts.TryGetValue(name, out var entry) && !_hosts.TryGetValue(AnyName, out entry))
        {
            return ResolveStatus.Failed;
        }

        var found = entry.Addresses.Length > 0 ? new HopList(entry.Addresses, port == 0 ? transport.DefaultPort() : port) : default;
        if (entry.Delay == 0)
        {
            hops = found;
            return found.Count == 0 ? ResolveStatus.Failed : ResolveStatus.Found;
        }

        clock.At(clock.Now + entry.Delay, () => Post!(shard, new HostResolution(ticket, found)));
        return ResolveStatus.Pending;
    }
}
