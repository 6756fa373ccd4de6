using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace ImsSipFast.Engine.Common;

/// <summary>
/// Host names as octets, whatever their case (RFC 4343 §3): the key of a table that is asked with a span, so that
/// asking allocates nothing.
/// </summary>
internal sealed class HostNameComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public bool Equals(byte[]? x, byte[]? y) => Ascii.EqualsIgnoreCase(x, y);

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => Ascii.EqualsIgnoreCase(alternate, other);

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

    public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode((ReadOnlySpan<byte>)obj);

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        var hash = new HashCode();
        foreach (var octet in alternate)
        {
            hash.Add(octet | 0x20);
        }

        return hash.ToHashCode();
    }
}
