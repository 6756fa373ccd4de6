using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Registrar;

/// <summary>
/// The header fields that a registrar adds to its responses.
/// <code>
/// 200: *( "Contact: &lt;" uri "&gt;" params ";expires=" seconds CRLF ) [ Path ] Date
/// 420: Unsupported   423: Min-Expires   503, and 500 for a commit: Retry-After
/// </code>
/// </summary>
internal static class RegisterResponse
{
    // Long enough for bindings to expire, short enough for a client to come back on its own.
    private const int RetryAfterSeconds = 60;
    private const int StoreRetryAfterSeconds = 5;

    /// <summary>Writes the whole 200: RFC 3261 §10.3 step 8, every binding with what is left of its time.</summary>
    public static void WriteOk(
        ref SipWriter writer, SipMessage request, RegisterPlan plan, scoped ReadOnlySpan<byte> toTag, long nowTick, long unixMillisecondsAtTickZero)
    {
        ResponseWriter.Begin(ref writer, request, 200, "OK"u8, toTag, plan.Source.Remote);
        foreach (ref readonly var entry in plan.Entries)
        {
            if (entry.Result is not { } binding)
            {
                continue;
            }

            writer.Write("Contact: <"u8);
            writer.Write(binding.ContactUri);
            writer.Write(">"u8);
            writer.Write(binding.ContactParameters);
            writer.Write(";expires="u8);

            // Rounded up: 0 would say that the binding is gone.
            writer.Write(Math.Max(0, (entry.ExpiresTick - nowTick + 999) / 1000));
            writer.Write("\r\n"u8);
        }

        // RFC 3327 §5.3: the Path values go back in the 200 as they came.
        if (!plan.Path.IsEmpty)
        {
            writer.WriteHeader("Path"u8, plan.Path);
        }

        SipDate.WriteHeader(ref writer, unixMillisecondsAtTickZero + nowTick);
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
        else if (fault is RegisterFault.NoRoom or RegisterFault.NoMemory)
        {
            writer.WriteHeader("Retry-After"u8, RetryAfterSeconds);
        }
        else if (fault == RegisterFault.CommitFailed)
        {
            // RFC 3261 §21.5.1: a server may say when it is worth trying again.
            writer.WriteHeader("Retry-After"u8, StoreRetryAfterSeconds);
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
