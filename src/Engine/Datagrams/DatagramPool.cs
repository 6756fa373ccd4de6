using System.Runtime.CompilerServices;
using Microsoft.Extensions.ObjectPool;

namespace ImsSipFast.Engine.Datagrams;

/// <summary>
/// Rents datagrams in a few sizes. A receive loop rents <see cref="ReceiveCapacity"/>; a transaction keeps a
/// message in the smallest size that holds it, so a live call costs its bytes and not a full datagram.
/// Safe to use from any thread: what one loop rents a shard on another core may return.
/// </summary>
internal sealed class DatagramPool
{
    /// <summary>Octets of a receive buffer: an Ethernet frame twice over; longer datagrams take <see cref="MaxCapacity"/>.</summary>
    public const int ReceiveCapacity = 4096;

    /// <summary>The largest datagram: UDP over IPv4 carries 65,507 octets.</summary>
    public const int MaxCapacity = 65_536;

    private static readonly int[] s_capacities = [512, 1024, 2048, ReceiveCapacity, MaxCapacity];

    private readonly ObjectPool<Datagram>[] _sizes;
    private readonly HashSet<Datagram>? _ledger;
    private long _outstanding;

    /// <param name="retained">How many idle datagrams of each size are kept for reuse (the largest size keeps 64).</param>
    /// <param name="traceLeaks">Remember who rented each datagram; for tests and debugging, it takes a lock.</param>
    public DatagramPool(int retained = 65_536, bool traceLeaks = false)
    {
        _sizes = new ObjectPool<Datagram>[s_capacities.Length];
        for (var i = 0; i < _sizes.Length; i++)
        {
            _sizes[i] = new DefaultObjectPool<Datagram>(new Policy(this, i), i == _sizes.Length - 1 ? 64 : retained);
        }

        _ledger = traceLeaks ? [] : null;
    }

    /// <summary>Datagrams rented and not yet returned; zero after a quiet drain.</summary>
    public long Outstanding => Interlocked.Read(ref _outstanding);

    /// <summary>A datagram of at least <paramref name="capacity"/> octets (at most <see cref="MaxCapacity"/>).</summary>
    public Datagram Rent(int capacity, [CallerFilePath] string renter = "", [CallerLineNumber] int line = 0)
    {
        var size = 0;
        while (s_capacities[size] < capacity)
        {
            size++;
        }

        var datagram = _sizes[size].Get();
        Interlocked.Increment(ref _outstanding);
        if (_ledger is not null)
        {
            datagram.RentedBy = $"{Path.GetFileName(renter)}:{line}";
            lock (_ledger)
            {
                _ledger.Add(datagram);
            }
        }

        return datagram;
    }

    /// <summary>A copy of <paramref name="bytes"/> that outlives the call.</summary>
    public Datagram Keep(ReadOnlySpan<byte> bytes, [CallerFilePath] string renter = "", [CallerLineNumber] int line = 0)
    {
        var datagram = Rent(bytes.Length, renter, line);
        bytes.CopyTo(datagram.Buffer);
        datagram.Length = bytes.Length;
        return datagram;
    }

    /// <summary>Who holds what, one line for each place that rented; empty unless leaks are traced.</summary>
    public string DescribeOutstanding()
    {
        if (_ledger is null)
        {
            return string.Empty;
        }

        lock (_ledger)
        {
            return string.Join('\n', _ledger.GroupBy(static d => d.RentedBy).Select(static g => $"{g.Count()} x {g.Key}"));
        }
    }

    internal void Return(Datagram datagram)
    {
        Interlocked.Decrement(ref _outstanding);
        if (_ledger is not null)
        {
            lock (_ledger)
            {
                if (!_ledger.Remove(datagram))
                {
                    throw new InvalidOperationException($"returned twice: {datagram.RentedBy}");
                }
            }
        }

        datagram.Length = 0;
        datagram.Kind = DatagramKind.Received;
        _sizes[datagram.SizeClass].Return(datagram);
    }

    private sealed class Policy(DatagramPool pool, int sizeClass) : PooledObjectPolicy<Datagram>
    {
        public override Datagram Create() => new(pool, s_capacities[sizeClass], sizeClass);

        public override bool Return(Datagram obj) => true;
    }
}
