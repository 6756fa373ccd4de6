using System.Globalization;

namespace ImsSipFast.Engine.Writing;

/// <summary>The Date header field (RFC 3261 §20.17): always GMT, never allocates.</summary>
internal static class SipDate
{
    /// <summary>Appends <c>Date: Sat, 13 Nov 2010 23:29:00 GMT CRLF</c>.</summary>
    public static void WriteHeader(ref SipWriter writer, long unixMilliseconds)
    {
        Span<byte> text = stackalloc byte[32];
        DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds).TryFormat(text, out var length, "r", CultureInfo.InvariantCulture);
        writer.WriteHeader("Date"u8, text[..length]);
    }
}
