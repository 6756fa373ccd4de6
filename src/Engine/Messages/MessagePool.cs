using System.Runtime.CompilerServices;
using ImsSipFast.Engine.Common;
using Microsoft.Extensions.ObjectPool;

namespace ImsSipFast.Engine.Messages;

/// <summary>
/// Rents datagrams in a few sizes. A receive loop rents <see cref="ReceiveCapacity"/>; a transaction keeps a
/// message in the smallest size that holds it, so a live call costs its bytes and not a full datagram.
/// Safe to use from any thread: what one loop rents a shard on another core may return. A thread that rents for every
/// datagram has a part of its own, so that no two processors write to the same memory for it.
/// </summary>
internal sealed class MessagePool
{
    /// <summary>Octets of a receive buffer: an Ethernet frame twice over; longer datagrams take <see cref="MaxCapacity"/>.</summary>
    public const int ReceiveCapacity = 4096;

    /// <summary>The largest datagram: UDP over IPv4 carries 65,507 octets.</summary>
    public const int MaxCapacity = 65_536;

    // Idle datagrams beyond a receive buffer that a socket's pool keeps of each size.
    private const int RetainedLong = 64;

    // Idle octets of each size that a shard's pool never lets go.
    private const int SpareOctets = 512 * 1024;

    private readonly ObjectPool<RawMessage>[] _sizes;
    private readonly LocalPool<RawMessage>[] _localSizes = [];
    private readonly HashSet<RawMessage>? _ledger;
    private readonly List<MessagePool> _parts = [];
    private readonly int _retained;
    private long _outstanding;
    private long _idleOctets;

    /// <param name="retained">How many idle datagrams of each size are kept for reuse (64 of those beyond a receive buffer).</param>
    /// <param name="traceLeaks">Remember who rented each datagram; for tests and debugging, it takes a lock.</param>
    public MessagePool(int retained = 65_536, bool traceLeaks = false)
        : this(retained, traceLeaks, localBudget: null)
    {
    }

    private MessagePool(int retained, bool traceLeaks, MemoryBudget? localBudget)
    {
        _retained = retained;
        _ledger = traceLeaks ? [] : null;
        Budget = localBudget ?? new MemoryBudget(long.MaxValue);
        IsPinned = localBudget is null;
        var policies = Enumerable.Range(0, MessageSizes.Count).Select(i => new Policy(this, i));
        if (localBudget is null)
        {
            _sizes = [.. policies.Select(policy => new DefaultObjectPool<RawMessage>(policy, policy.Capacity > ReceiveCapacity ? RetainedLong : retained))];
        }
        else
        {
            _sizes = _localSizes = [.. policies.Select(static policy => new LocalPool<RawMessage>(policy.Create, SpareOctets / policy.Capacity))];
        }
    }

    /// <summary>What the shard that rents here may keep; without limit, and not counted, where no shard does.</summary>
    public MemoryBudget Budget { get; }

    /// <summary>Octets that wait for their next use in a shard's pool.</summary>
    public long IdleOctets => Volatile.Read(ref _idleOctets);

    /// <summary>
    /// True when the kernel may write into what is rented here, by address: a buffer up to the size of a receive buffer
    /// never moves then. What a shard keeps is never seen by the kernel, and cheaper to make unpinned.
    /// </summary>
    internal bool IsPinned { get; }

    /// <summary>Datagrams rented and not yet returned, parts included; zero after a quiet drain.</summary>
    public long Outstanding => Volatile.Read(ref _outstanding) + _parts.Sum(static part => part.Outstanding);

    /// <summary>
    /// A part with datagrams of its own, counted in <see cref="Outstanding"/> with the rest: for one socket, whose
    /// datagrams any thread returns. Parts are made before anything is rented.
    /// </summary>
    public MessagePool Part() => Add(new MessagePool(_retained, _ledger is not null, localBudget: null));

    /// <summary>
    /// A part that one thread at a time uses, as it does the shard that rents and returns there. What it holds, rented
    /// and idle together, stays within the budget as far as it is the shard's choice.
    /// </summary>
    public MessagePool LocalPart(MemoryBudget budget) => Add(new MessagePool(_retained, _ledger is not null, budget));

    /// <summary>A datagram of at least <paramref name="capacity"/> octets (at most <see cref="MaxCapacity"/>).</summary>
    public RawMessage Rent(int capacity, [CallerFilePath] string renter = "", [CallerLineNumber] int line = 0)
    {
        var datagram = Get(MessageSizes.ClassOf(capacity));
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

    /// <summary>A shard's pool lets go of a part of what it did not need since the last call. How many octets that were.</summary>
    public long Trim()
    {
        long octets = 0;
        for (var i = 0; i < _localSizes.Length; i++)
        {
            octets += (long)_localSizes[i].Trim() * MessageSizes.CapacityOf(i);
        }

        CountIdle(-octets);
        return octets;
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
        GiveBack(datagram);
    }

    private MessagePool Add(MessagePool part)
    {
        _parts.Add(part);
        return part;
    }

    private RawMessage Get(int size)
    {
        if (_localSizes.Length == 0)
        {
            var shared = _sizes[size].Get();
            Interlocked.Increment(ref _outstanding);
            return shared;
        }

        var capacity = MessageSizes.CapacityOf(size);
        if (_localSizes[size].TryGet(out var datagram))
        {
            CountIdle(-capacity);
        }
        else
        {
            // What idles in other sizes makes room for this one.
            if (_idleOctets > 0 && Budget.Used + _idleOctets + capacity > Budget.Limit)
            {
                Array.ForEach(_localSizes, static pool => pool.Clear());
                CountIdle(-_idleOctets);
            }

            datagram = new RawMessage(this, capacity, size);
        }

        Budget.Add(capacity);
        Volatile.Write(ref _outstanding, _outstanding + 1);
        return datagram;
    }

    private void GiveBack(RawMessage datagram)
    {
        if (_localSizes.Length == 0)
        {
            Interlocked.Decrement(ref _outstanding);
            _sizes[datagram.SizeClass].Return(datagram);
            return;
        }

        var capacity = datagram.Buffer.Length;
        Volatile.Write(ref _outstanding, _outstanding - 1);
        Budget.Add(-capacity);
        if (Budget.Used + _idleOctets + capacity <= Budget.Limit)
        {
            CountIdle(capacity);
            _localSizes[datagram.SizeClass].Return(datagram);
        }
    }

    private void CountIdle(long change) => Volatile.Write(ref _idleOctets, _idleOctets + change);

    private sealed class Policy(MessagePool pool, int sizeClass) : PooledObjectPolicy<RawMessage>
    {
        public int Capacity { get; } = MessageSizes.CapacityOf(sizeClass);

        public override RawMessage Create() => new(pool, Capacity, sizeClass);

        public override bool Return(RawMessage obj) => true;
    }
}
