using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace ImsSipFast.Engine.Routing;

/// <summary>
/// The domains we are responsible for. Read by every shard without a lock; a domain is added by publishing a new
/// set, which happens a handful of times in the life of a process.
/// </summary>
internal sealed class DomainSet
{
    private readonly int _adoptable;
    private HashSet<byte[]> _names;
    private int _adopted;

    /// <param name="names">Domains that are ours from the start.</param>
    /// <param name="adoptable">How many more may be adopted.</param>
    public DomainSet(IEnumerable<string> names, int adoptable)
    {
        _names = new HashSet<byte[]>(names.Select(Encoding.ASCII.GetBytes), new IgnoringCase());
        _adoptable = adoptable;
    }

    /// <summary>True when the host name is one of ours, whatever its case (RFC 3261 §19.1.4: hosts compare so).</summary>
    public bool Contains(ReadOnlySpan<byte> host) =>
        Volatile.Read(ref _names).GetAlternateLookup<ReadOnlySpan<byte>>().Contains(host);

    /// <summary>Takes a domain in as ours. False when it was ours already or no more may be adopted.</summary>
    public bool TryAdopt(ReadOnlySpan<byte> host)
    {
        var name = host.ToArray();
        while (true)
        {
            var current = Volatile.Read(ref _names);
            if (_adopted >= _adoptable || current.Contains(name))
            {
                return false;
            }

            var next = new HashSet<byte[]>(current, current.Comparer) { name };
            if (Interlocked.CompareExchange(ref _names, next, current) == current)
            {
                Interlocked.Increment(ref _adopted);
                return true;
            }
        }
    }

    private sealed class IgnoringCase : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => Ascii.EqualsIgnoreCase(x, y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => Ascii.EqualsIgnoreCase(alternate, other);

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode((ReadOnlySpan<byte>)obj);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = 17u;
            foreach (var octet in alternate)
            {
                hash = (hash * 31) + (uint)(octet | 0x20);
            }

            return (int)hash;
        }
    }
}
