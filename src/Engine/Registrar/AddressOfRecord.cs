using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Registrar;

/// <summary>
/// The canonical form of an address-of-record: the key of its bindings, and how an operator sees it
/// (RFC 3261 §10.3 step 5).
/// <code>
/// key = "sip:" [ user "@" ] host
/// </code>
/// Two URIs name the same address-of-record exactly when their keys are the same octets: user unescaped and
/// case-sensitive, host in lower case, no password, port, parameters or headers. The port has told before whether the
/// URI is ours at all: a user who registered at the address alone is also reached at address and port.
/// A sips URI names the same user as its sip twin (RFC 5630 §3.3 routes by what the location service knows).
/// </summary>
internal static class AddressOfRecord
{
    /// <summary>Octets that a key may have; a longer address-of-record is not served.</summary>
    public const int MaxLength = 512;

    /// <summary>
    /// Writes the key of <paramref name="uri"/>. False when it is no sip or sips URI, or the key would be longer
    /// than the span.
    /// </summary>
    public static bool TryWrite(in SipUri uri, Span<byte> key, out int length)
    {
        length = 0;
        if (!uri.IsSip)
        {
            return false;
        }

        var writer = new SipWriter(key);
        writer.Write("sip:"u8);
        if (uri.HasUser)
        {
            WriteUser(ref writer, uri.User);
            writer.Write((byte)'@');
        }

        writer.WriteLower(uri.Host);
        length = writer.Length;
        return !writer.Overflowed;
    }

    /// <summary>Writes the key of the URI in a To header value, parameters and display name and all.</summary>
    public static bool TryWrite(ReadOnlySpan<byte> toValue, Span<byte> key, out int length)
    {
        length = 0;
        return NameAddr.TryParse(toValue, out var to) && SipUri.TryParse(to.Uri, out var uri) && TryWrite(uri, key, out length);
    }

    /// <summary>The host in a key.</summary>
    public static ReadOnlySpan<byte> HostOf(ReadOnlySpan<byte> key)
    {
        // An escaped "@" of the user is one in the key.
        var at = key.LastIndexOf((byte)'@');
        return key[(at < 0 ? "sip:"u8.Length : at + 1)..];
    }

    private static void WriteUser(ref SipWriter writer, ReadOnlySpan<byte> user)
    {
        var plain = user.IndexOf((byte)'%');
        plain = plain < 0 ? user.Length : plain;
        writer.Write(user[..plain]);
        for (var i = plain; i < user.Length; i++)
        {
            var octet = user[i];
            if (octet != '%' || !Escape.TryRead(user, i, out var unescaped))
            {
                writer.Write(octet);
                continue;
            }

            i += 2;

            // RFC 3261 §10.3: escaped characters MUST be converted to their unescaped form. The exceptions keep two
            // users apart that would become one ("%25" before digits), and controls out of the operator's log.
            if (unescaped is <= (byte)' ' or (byte)'%' or 0x7F)
            {
                writer.Write([(byte)'%', "0123456789ABCDEF"u8[unescaped >> 4], "0123456789ABCDEF"u8[unescaped & 15]]);
            }
            else
            {
                writer.Write(unescaped);
            }
        }
    }
}
