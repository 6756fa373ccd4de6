using System.Collections.Concurrent;
using System.Net;
using System.Text;
using ImsSipFast.Engine.Common;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Net;

/// <summary>
/// Host names to addresses: the machine's hosts file first, then the answers of name servers, kept as long as they
/// say (1 s to 1 h) and failures for seconds. Many who ask for one name wait for one query. A hit allocates nothing.
/// </summary>
internal sealed class HostResolver : IHostResolver
{
    /// <summary>Names kept: 16,384 at about 200 octets are 3 MiB. Beyond that, answers are forgotten before their time.</summary>
    public const int MaxNames = 16_384;

    private const int ShortestLifetimeSeconds = 1;
    private const int LongestLifetimeSeconds = 3600;

    // RFC 1035 §3.1: a name has at most 255 octets.
    private const int LongestName = 255;

    private readonly ConcurrentDictionary<byte[], Entry> _entries = new(new HostNameComparer());
    private readonly ConcurrentDictionary<byte[], Entry>.AlternateLookup<ReadOnlySpan<byte>> _bySpan;
    private readonly Func<string, Task<HostAnswer>> _ask;
    private readonly Action<int, HostResolution> _post;
    private readonly TimeProvider _time;
    private readonly int _maxPending;
    private readonly Lock _gate = new();
    private int _pending;

    /// <param name="ask">Asks a name server.</param>
    /// <param name="hosts">Names that are never asked for.</param>
    /// <param name="maxPending">Queries in flight; one more fails at once.</param>
    /// <param name="time">For the lifetime of answers.</param>
    /// <param name="post">Takes the index of the shard and the outcome.</param>
    public HostResolver(
        Func<string, Task<HostAnswer>> ask, IReadOnlyDictionary<string, IPAddress> hosts, int maxPending, TimeProvider time, Action<int, HostResolution> post)
    {
        _ask = ask;
        _maxPending = maxPending;
        _time = time;
        _post = post;
        _bySpan = _entries.GetAlternateLookup<ReadOnlySpan<byte>>();
        foreach (var (name, address) in hosts)
        {
            _entries[Encoding.ASCII.GetBytes(name)] = new Entry { Answer = new Answer([PeerAddress.From(address, 0)], long.MaxValue) };
        }
    }

    /// <summary>Names that are kept or being asked for.</summary>
    public int Names => _entries.Count;

    /// <inheritdoc/>
    public ResolveStatus Resolve(ReadOnlySpan<byte> host, int port, Transport transport, int shard, long ticket, out HopList hops)
    {
        port = port == 0 ? transport.DefaultPort() : port;
        if (_bySpan.TryGetValue(host, out var entry)
            && Volatile.Read(ref entry.Answer) is { } answer && _time.GetTimestamp() < answer.ExpiresAt)
        {
            hops = answer.At(port);
            return hops.Count > 0 ? ResolveStatus.Found : ResolveStatus.Failed;
        }

        hops = default;

        // RFC 6761 §6.4: names below invalid exist nowhere, and no server is asked for them.
        if (host.Length > LongestName || (host.Length >= 8 && Ascii.EqualsIgnoreCase(host[^8..], ".invalid"u8)))
        {
            return ResolveStatus.Failed;
        }

        return TryEnqueue(host, new Waiter(shard, ticket, port)) ? ResolveStatus.Pending : ResolveStatus.Full;
    }

    private bool TryEnqueue(ReadOnlySpan<byte> host, Waiter waiter)
    {
        lock (_gate)
        {
            if (_bySpan.TryGetValue(host, out var entry) && entry.Waiters is { } waiters)
            {
                waiters.Add(waiter);
                return true;
            }

            if (_pending >= _maxPending)
            {
                return false;
            }

            if (entry is null)
            {
                MakeRoom();
                entry = _entries[host.ToArray()] = new Entry();
            }

            // An answer may have come since it was looked for: asking once more does no harm and happens hardly ever.
            entry.Waiters = [waiter];
            _pending++;
            var name = Encoding.ASCII.GetString(host);
            ThreadPool.UnsafeQueueUserWorkItem(_ => _ = Ask(name, entry), null);
            return true;
        }
    }

    private async Task Ask(string name, Entry entry)
    {
        HostAnswer answer;
        try
        {
            answer = await _ask(name).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Whatever went wrong, those who wait get an outcome.
            answer = new HostAnswer([], DnsLookup.DefaultFailureSeconds);
        }

        var seconds = Math.Clamp(answer.LifetimeSeconds, ShortestLifetimeSeconds, LongestLifetimeSeconds);
        var kept = new Answer(answer.Addresses, _time.GetTimestamp() + (seconds * _time.TimestampFrequency));
        List<Waiter> waiters;
        lock (_gate)
        {
            Volatile.Write(ref entry.Answer, kept);
            waiters = entry.Waiters!;
            entry.Waiters = null;
            _pending--;
        }

        foreach (var waiter in waiters)
        {
            _post(waiter.Shard, new HostResolution(waiter.Ticket, kept.At(waiter.Port)));
        }
    }

    private void MakeRoom()
    {
        if (_entries.Count < MaxNames)
        {
            return;
        }

        var now = _time.GetTimestamp();
        foreach (var (name, entry) in _entries)
        {
            if (entry.Waiters is null && entry.Answer!.ExpiresAt <= now)
            {
                _entries.TryRemove(name, out _);
            }
        }

        // All alive: a peer asks for ever new names. Those of the hosts file and those being asked for stay.
        if (_entries.Count >= MaxNames)
        {
            foreach (var (name, _) in _entries.Where(static e => e.Value.Waiters is null && e.Value.Answer!.ExpiresAt != long.MaxValue))
            {
                _entries.TryRemove(name, out _);
            }
        }
    }

    private sealed class Entry
    {
        public Answer? Answer;
        public List<Waiter>? Waiters;
    }

    private sealed record Answer(PeerAddress[] Addresses, long ExpiresAt)
    {
        public HopList At(int port) => Addresses.Length == 0 ? default : new HopList(Addresses, port);
    }

    private readonly record struct Waiter(int Shard, long Ticket, int Port);
}
