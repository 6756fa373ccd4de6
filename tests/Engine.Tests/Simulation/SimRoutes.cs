using System.Net;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>
/// The interfaces of the simulated machine, each with an address and the network behind it; the last is the way to the
/// rest. Without any there is no routing table.
/// </summary>
/// <param name="interfaces">Such as <c>192.168.1.5/24</c>.</param>
internal sealed class SimRoutes(params string[] interfaces) : IRouteLookup
{
    private readonly List<(PeerAddress Own, int PrefixLength)> _interfaces = [.. interfaces.Select(static text => text.Split('/'))
        .Select(static parts => (PeerAddress.From(IPAddress.Parse(parts[0]), 0), int.Parse(parts[1])))];

    /// <summary>Addresses of the machine.</summary>
    public IReadOnlyList<PeerAddress> Own => [.. _interfaces.Select(static i => i.Own)];

    /// <summary>How often it was asked.</summary>
    public int Questions { get; private set; }

    /// <summary>An interface comes up, or a route changes.</summary>
    public void Add(string address) => _interfaces.Insert(0, new SimRoutes(address)._interfaces[0]);

    public bool TryFind(in PeerAddress peer, out PeerAddress local)
    {
        Questions++;
        local = default;
        foreach (var (own, prefixLength) in _interfaces)
        {
            if (own.IsV4 == peer.IsV4 && (own.SameHost(peer) || own.Scope == peer.Scope))
            {
                local = own;
                if (own.SameHost(peer) || peer.IsIn(own, prefixLength))
                {
                    return true;
                }
            }
        }

        return !local.IsNone;
    }
}
