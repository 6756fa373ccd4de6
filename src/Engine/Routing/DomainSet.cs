using System.Collections.Concurrent;
using System.Text;
using ImsSipFast.Engine.Common;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Routing;

/// <summary>
/// The domains we are responsible for. Every shard reads it without a lock. In loopback mode a domain named by a REGISTER
/// is adopted; its bindings are counted, and when no more domains may be adopted the one that has been without bindings
/// longest makes room.
/// </summary>
internal sealed class DomainSet
{
    // Of an adopted domain that has just made room: a thread that still holds it looks again.
    private const int Gone = -1;

    // Of one that a shard is just about to adopt: whether there is room for it shows in a moment.
    private const int Pending = -2;

    private readonly ConcurrentDictionary<byte[], Domain> _domains = new(new HostNameComparer());
    private readonly ConcurrentDictionary<byte[], Domain>.AlternateLookup<ReadOnlySpan<byte>> _byHost;

    // Adopted domains that had no binding when they were put here; one that has some by now is passed over.
    private readonly ConcurrentQueue<Domain> _unused = new();
    private readonly int _adoptable;
    private int _adopted;

    /// <param name="names">Domains that are ours from the start.</param>
    /// <param name="adoptable">How many more may be adopted.</param>
    public DomainSet(IEnumerable<string> names, int adoptable)
    {
        foreach (var name in names)
        {
            var octets = Encoding.ASCII.GetBytes(name);
            _domains.TryAdd(octets, new Domain(octets, isAdopted: false));
        }

        _byHost = _domains.GetAlternateLookup<ReadOnlySpan<byte>>();
        _adoptable = adoptable;
    }

    /// <summary>True when the host name is one of ours, whatever its case (RFC 3261 §19.1.4: hosts compare so).</summary>
    public bool Contains(ReadOnlySpan<byte> host) =>
        _byHost.TryGetValue(host, out var domain) && Volatile.Read(ref domain.Bindings) >= 0;

    /// <summary>
    /// Takes a domain in as ours unless it is already: true when it is ours afterwards, also when another shard was first. False when no
    /// more may be adopted and every one that is has bindings. Call <see cref="Count"/> when its REGISTER is served.
    /// </summary>
    public bool TryAdopt(ReadOnlySpan<byte> host, out bool isNew)
    {
        isNew = false;
        while (true)
        {
            if (_byHost.TryGetValue(host, out var known))
            {
                if (Volatile.Read(ref known.Bindings) >= 0)
                {
                    return true;
                }

                Await(known);
                continue;
            }

            // It stands there before it is counted, so that another shard with the same name waits for the outcome and
            // does not find the last place taken.
            var domain = new Domain(host.ToArray(), isAdopted: true) { Bindings = Pending };
            if (!_domains.TryAdd(domain.Name, domain))
            {
                continue;
            }

            isNew = Interlocked.Increment(ref _adopted) <= _adoptable || TryMakeRoom();
            Volatile.Write(ref domain.Bindings, isNew ? 0 : Gone);
            if (!isNew)
            {
                Interlocked.Decrement(ref _adopted);
                Forget(domain);
            }

            return isNew;
        }
    }

    /// <summary>A REGISTER for the domain has been served, or bindings of it have expired: so many more bindings than before.</summary>
    public void Count(ReadOnlySpan<byte> host, int bindings)
    {
        while (_byHost.TryGetValue(host, out var domain))
        {
            if (!domain.IsAdopted)
            {
                return;
            }

            var before = Volatile.Read(ref domain.Bindings);
            if (before < 0)
            {
                // It makes room on another shard at this moment: a domain with bindings is taken in again.
                Await(domain);
                continue;
            }

            var after = Math.Max(0, before + bindings);
            if (Interlocked.CompareExchange(ref domain.Bindings, after, before) != before)
            {
                continue;
            }

            if (after == 0 && Interlocked.Exchange(ref domain.IsQueued, 1) == 0)
            {
                _unused.Enqueue(domain);
            }

            return;
        }

        if (bindings > 0 && _adoptable > 0 && !PeerAddress.TryParseHost(host, 0, out _))
        {
            TryAdopt(host, out _);
            if (Contains(host))
            {
                Count(host, bindings);
            }
        }
    }

    /// <summary>The same where nothing need be done when nothing has changed.</summary>
    public void CountChange(ReadOnlySpan<byte> host, int bindings)
    {
        if (bindings != 0)
        {
            Count(host, bindings);
        }
    }

    private bool TryMakeRoom()
    {
        while (_unused.TryDequeue(out var domain))
        {
            Volatile.Write(ref domain.IsQueued, 0);
            if (Interlocked.CompareExchange(ref domain.Bindings, Gone, 0) == 0)
            {
                Forget(domain);
                Interlocked.Decrement(ref _adopted);
                return true;
            }
        }

        return false;
    }

    // Another shard is a few instructions away from settling it.
    private void Await(Domain domain)
    {
        for (var spin = default(SpinWait); Volatile.Read(ref domain.Bindings) == Pending;)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }

        if (Volatile.Read(ref domain.Bindings) == Gone)
        {
            Forget(domain);
        }
    }

    private void Forget(Domain domain) => _domains.TryRemove(new KeyValuePair<byte[], Domain>(domain.Name, domain));

    private sealed class Domain(byte[] name, bool isAdopted)
    {
        public readonly byte[] Name = name;
        public readonly bool IsAdopted = isAdopted;

        /// <summary>Bindings of its users; <see cref="Gone"/> when it is no longer ours, <see cref="Pending"/> when it is not yet.</summary>
        public int Bindings;

        /// <summary>1 while it waits among the unused.</summary>
        public int IsQueued;
    }
}
