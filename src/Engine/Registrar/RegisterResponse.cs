using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Registrar;

/// <summary>
/// The header fields that a registrar adds to its responses.
/// <code>
/// 200: *( "Contact: &lt;" uri "&gt;" params ";expires=" seconds CRLF ) [ Path ] Date
/// 420: Unsupported   423: Min-Expires   503: Retry-After
/// </code>
/// </summary>
internal static class RegisterResponse
{
    // Long enough for bindings to expire, short enough for a client to come back on its own.
    private const int RetryAfterSeconds = 60;

    /// <summary>Writes one Contact of the 200.</summary>
    public static void WriteContact(ref SipWriter writer, scoped ReadOnlySpan<byte> uri, scoped ReadOnlySpan<byte> parameters, long expiresSeconds)
    {
        writer.Write("Contact: <"u8);
        writer.Write(uri);
        writer.Write(">"u8);
        writer.Write(parameters);
        writer.Write(";expires="u8);
        writer.Write(expiresSeconds);
        writer.Write("\r\n"u8);
    }

    /// <summary>Ends the 200.</summary>
    public static void EndOk(ref SipWriter writer, scoped ReadOnlySpan<byte> path, long unixMilliseconds)
    {
        // RFC 3327 §5.3: the Path values go back in the 200 as they came.
        if (!path.IsEmpty)
        {
            writer.WriteHeader("Path"u8, path);
        }

        SipDate.WriteHeader(ref writer, unixMilliseconds);
        ResponseWriter.End(ref writer);
    }

    /// <summary>Writes the whole refusal.</summary>
    public static void WriteRefusal(
        ref SipWriter writer, SipMessage request, RegisterFault fault, scoped ReadOnlySpan<byte> toTag, in PeerAddress source, int minExpires)
    {
        ResponseWriter.Begin(ref writer, request, RegisterFaults.StatusOf(fault), RegisterFaults.ReasonOf(fault), toTag, source);
        if (fault == RegisterFault.IntervalTooBrief)
        {
            writer.WriteHeader("Min-Expires"u8, minExpires);
        }
        else if (fault == RegisterFault.NoRoom)
        {
            writer.WriteHeader("Retry-After"u8, RetryAfterSeconds);
        }

        ResponseWriter.End(ref writer);
    }

    /// <summary>Writes the whole 420.</summary>
    public static void WriteBadExtension(ref SipWriter writer, SipMessage request, scoped ReadOnlySpan<byte> toTag, in PeerAddress source)
    {
        ResponseWriter.Begin(ref writer, request, 420, "Bad Extension"u8, toTag, source);
        var required = request.Values(HeaderName.Require);
        var separator = "Unsupported: "u8;
        while (required.Next())
        {
            if (!OptionTags.IsSupported(required.Current))
            {
                writer.Write(separator);
                writer.Write(required.Current);
                separator = ", "u8;
            }
        }

        writer.Write("\r\n"u8);
        ResponseWriter.End(ref writer);
    }
}
