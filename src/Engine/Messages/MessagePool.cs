using System.Runtime.CompilerServices;
using ImsSipFast.Engine.Common;
using Microsoft.Extensions.ObjectPool;

namespace ImsSipFast.Engine.Messages;

/// <summary>
/// Rents datagrams in a few sizes. A receive loop rents <see cref="ReceiveCapacity"/>; a transaction keeps a
/// message in the smallest size that holds it, so a live call costs its bytes and not a full datagram.
/// Safe to use from any thread: what one loop rents a shard on another core may return. Whoever rents for every
/// datagram has a part of its own, so that no two processors write to the same memory for it.
/// </summary>
internal sealed class MessagePool
{
    /// <summary>Octets of a receive buffer: an Ethernet frame twice over; longer datagrams take <see cref="MaxCapacity"/>.</summary>
    public const int ReceiveCapacity = 4096;

    /// <summary>The largest datagram: UDP over IPv4 carries 65,507 octets.</summary>
    public const int MaxCapacity = 65_536;

    // What a transaction keeps is mostly below 2 KiB: steps of 128 octets waste 64 of it on average.
    private const int Step = 128;
    private const int Steps = 16;
    private static readonly int[] s_capacities = [.. Enumerable.Range(1, Steps).Select(static i => i * Step), ReceiveCapacity, MaxCapacity];

    private readonly ObjectPool<RawMessage>[] _sizes;
    private readonly HashSet<RawMessage>? _ledger;
    private readonly List<MessagePool> _parts = [];
    private readonly int _retained;
    private readonly bool _isLocal;
    private long _outstanding;

    /// <param name="retained">How many idle datagrams of each size are kept for reuse (the largest size keeps 64).</param>
    /// <param name="traceLeaks">Remember who rented each datagram; for tests and debugging, it takes a lock.</param>
    public MessagePool(int retained = 65_536, bool traceLeaks = false)
        : this(retained, traceLeaks, isLocal: false)
    {
    }

    private MessagePool(int retained, bool traceLeaks, bool isLocal)
    {
        (_retained, _isLocal) = (retained, isLocal);
        _sizes = new ObjectPool<RawMessage>[s_capacities.Length];
        for (var i = 0; i < _sizes.Length; i++)
        {
            var policy = new Policy(this, i);
            _sizes[i] = isLocal ? new LocalPool<RawMessage>(policy.Create) : new DefaultObjectPool<RawMessage>(policy, i == _sizes.Length - 1 ? 64 : retained);
        }

        _ledger = traceLeaks ? [] : null;
    }

    /// <summary>Datagrams rented and not yet returned, parts included; zero after a quiet drain.</summary>
    public long Outstanding => Volatile.Read(ref _outstanding) + _parts.Sum(static part => part.Outstanding);

    /// <summary>
    /// A part with datagrams of its own, counted in <see cref="Outstanding"/> with the rest: for one socket, whose
    /// datagrams any thread returns. Parts are made before anything is rented.
    /// </summary>
    public MessagePool Part() => Add(new MessagePool(_retained, _ledger is not null, isLocal: false));

    /// <summary>A part that one thread at a time uses, as it does the shard that rents and returns there.</summary>
    public MessagePool LocalPart() => Add(new MessagePool(_retained, _ledger is not null, isLocal: true));

    /// <summary>A datagram of at least <paramref name="capacity"/> octets (at most <see cref="MaxCapacity"/>).</summary>
    public RawMessage Rent(int capacity, [CallerFilePath] string renter = "", [CallerLineNumber] int line = 0)
    {
        var size = capacity <= Step * Steps ? Math.Max(0, (capacity - 1) / Step) : capacity <= ReceiveCapacity ? Steps : Steps + 1;
        var datagram = _sizes[size].Get();
        Count(1);
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
    public RawMessage Keep(ReadOnlySpan<byte> bytes, [CallerFilePath] string renter = "", [CallerLineNumber] int line = 0)
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
            var own = _ledger.GroupBy(static d => d.RentedBy).Select(static g => $"{g.Count()} x {g.Key}");
            return string.Join('\n', own.Concat(_parts.Select(static part => part.DescribeOutstanding()).Where(static text => text.Length > 0)));
        }
    }

    internal void Return(RawMessage datagram)
    {
        Count(-1);
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
        datagram.Kind = MessageKind.Received;
        _sizes[datagram.SizeClass].Return(datagram);
    }

    private MessagePool Add(MessagePool part)
    {
        _parts.Add(part);
        return part;
    }

    private void Count(int change)
    {
        if (_isLocal)
        {
            Volatile.Write(ref _outstanding, _outstanding + change);
        }
        else
        {
            Interlocked.Add(ref _outstanding, change);
        }
    }

    private sealed class Policy(MessagePool pool, int sizeClass) : PooledObjectPolicy<RawMessage>
    {
        public override RawMessage Create() => new(pool, s_capacities[sizeClass], sizeClass);

        public override bool Return(RawMessage obj) => true;
    }
}
