using System.Buffers;
using System.Text;
using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Parsing;

/// <summary>
/// One Via value as offsets into its message (RFC 3261 §20.42, RFC 3581):
/// <c>SIP/2.0/UDP host:port;branch=z9hG4bK…;received=…;rport=…</c>.
/// </summary>
internal struct Via
{
    private static readonly SearchValues<byte> s_hostEnd = SearchValues.Create(":; \t\r\n"u8);

    private static readonly SearchValues<byte> s_noHost = SearchValues.Create("\"<>,@"u8);

    /// <summary>RFC 3261 §8.1.1.7: a branch that begins like this is unique across space and time.</summary>
    public static ReadOnlySpan<byte> MagicCookie => "z9hG4bK"u8;

    /// <summary>The whole value, without the commas around it.</summary>
    public Slice Value;

    /// <summary>Transport token, such as <c>UDP</c>.</summary>
    public Slice Transport;

    /// <summary>Host of sent-by; an IPv6 literal keeps its brackets.</summary>
    public Slice Host;

    /// <summary>Port of sent-by, 0 when it has none.</summary>
    public int Port;

    /// <summary>Where sent-by ends: parameters follow.</summary>
    public int SentByEnd;

    /// <summary>Value of <c>branch</c>; empty when there is none.</summary>
    public Slice Branch;

    /// <summary>Value of <c>received</c>; empty when there is none.</summary>
    public Slice Received;

    /// <summary>The whole <c>received=…</c> parameter from its name on, without the semicolon.</summary>
    public Slice ReceivedParameter;

    /// <summary>The whole <c>rport</c> or <c>rport=…</c> parameter from its name on, without the semicolon.</summary>
    public Slice RportParameter;

    /// <summary>Value of <c>rport</c>, 0 when it is there without one.</summary>
    public int Rport;

    /// <summary>Value of <c>maddr</c>; empty when there is none.</summary>
    public Slice Maddr;

    /// <summary>True when <c>rport</c> is there, with or without a value.</summary>
    public readonly bool HasRport => !RportParameter.IsEmpty;

    /// <summary>
    /// The port of sent-by, or the default (RFC 3261 §18.2.2) of the transport that carries the message: what a Via says
    /// of it is only what its writer believes.
    /// </summary>
    public readonly int PortOrDefault(Transport transport) => Port != 0 ? Port : transport.DefaultPort();

    /// <summary>True when the branch begins with the magic cookie and has something after it.</summary>
    public readonly bool HasCookie(ReadOnlySpan<byte> message) =>
        Branch.Length > MagicCookie.Length && Ascii.EqualsIgnoreCase(message.Slice(Branch.Start, MagicCookie.Length), MagicCookie);

    /// <summary>Parses the value between two offsets of a message; false when a part that we route by is malformed.</summary>
    public static bool TryParse(ReadOnlySpan<byte> message, int start, int end, out Via via)
    {
        via = default;
        via.Value = Slice.FromBounds(start, end);
        Steps.Walk(end - start);
        var text = message[..end];

        // sent-protocol = "SIP" SLASH "2.0" SLASH transport; SLASH takes white space on both sides. Of another version
        // sent-by is read all the same: its sender is to be told (505).
        var at = start;
        bool isOurs;
        if (text[at..].StartsWith("SIP/2.0/"u8))
        {
            // As nearly everybody writes it.
            (isOurs, at) = (true, Scan.SkipLws(text, at + 8));
        }
        else
        {
            isOurs = Token(text, ref at, "SIP"u8);
            isOurs &= Slash(text, ref at) & Token(text, ref at, "2.0"u8);
            if (!Slash(text, ref at))
            {
                return false;
            }
        }

        var length = Scan.TokenLength(text, at);
        via.Transport = new Slice((ushort)at, (ushort)length);
        at += length;
        var host = Scan.SkipLws(text, at);
        if (length == 0 || host == at || !via.ParseSentBy(text, host))
        {
            return false;
        }

        return via.ParseParameters(message, end) && isOurs;
    }

    private bool ParseSentBy(ReadOnlySpan<byte> text, int at)
    {
        var start = at;
        if (at < text.Length && text[at] == '[')
        {
            var close = text[at..].IndexOf((byte)']');
            at = close < 0 ? text.Length : at + close + 1;
        }
        else
        {
            var end = text[at..].IndexOfAny(s_hostEnd);
            at = end < 0 ? text.Length : at + end;
        }

        Host = Slice.FromBounds(start, at);
        if (Host.IsEmpty || text[start..at].ContainsAny(s_noHost))
        {
            return false;
        }

        at = Scan.SkipLws(text, at);
        if (at < text.Length && text[at] == ':')
        {
            at = Scan.SkipLws(text, at + 1);
            var digits = at;
            while (at < text.Length && (uint)(text[at] - '0') <= 9)
            {
                at++;
            }

            if (at == digits || !Scan.TryNumber(text[digits..at], out var port) || port is 0 or > 65535)
            {
                return false;
            }

            Port = (int)port;
        }

        SentByEnd = at;
        return true;
    }

    private bool ParseParameters(ReadOnlySpan<byte> message, int end)
    {
        var seen = ViaParameters.None;
        var walk = new Parameters(message[SentByEnd..end]);
        while (walk.Next())
        {
            var parameter = Recognise(walk);
            if ((seen & parameter) != 0)
            {
                // RFC 3261 §7.3.1: a name MUST NOT appear twice. Which of the two counts would be the next hop's guess.
                return false;
            }

            seen |= parameter;
            if (parameter != ViaParameters.None && !Take(parameter, walk, message))
            {
                return false;
            }
        }

        return !walk.IsMalformed;
    }

    private static ViaParameters Recognise(scoped in Parameters walk) => walk.Name.Length switch
    {
        6 => walk.Is("branch"u8) ? ViaParameters.Branch : ViaParameters.None,
        8 => walk.Is("received"u8) ? ViaParameters.Received : ViaParameters.None,
        5 => walk.Is("rport"u8) ? ViaParameters.Rport : walk.Is("maddr"u8) ? ViaParameters.Maddr : ViaParameters.None,
        _ => ViaParameters.None,
    };

    private bool Take(ViaParameters parameter, scoped in Parameters walk, ReadOnlySpan<byte> message)
    {
        message.Overlaps(walk.Name, out var nameStart);
        var valueStart = 0;
        if (!walk.Value.IsEmpty)
        {
            message.Overlaps(walk.Value, out valueStart);
        }

        var value = new Slice((ushort)valueStart, (ushort)walk.Value.Length);
        var whole = Slice.FromBounds(nameStart, walk.Value.IsEmpty ? nameStart + walk.Name.Length : value.End);
        switch (parameter)
        {
            case ViaParameters.Branch:
                Branch = value;
                return true;
            case ViaParameters.Received:
                (Received, ReceivedParameter) = (value, whole);
                return true;
            case ViaParameters.Maddr:
                Maddr = value;
                return true;
            default:
                RportParameter = whole;
                if (value.IsEmpty)
                {
                    return true;
                }

                var valid = Scan.TryNumber(walk.Value, out var port) && port is > 0 and <= 65535;
                Rport = valid ? (int)port : 0;
                return valid;
        }
    }

    private static bool Token(ReadOnlySpan<byte> text, ref int at, ReadOnlySpan<byte> expected)
    {
        var token = text.Slice(at, Scan.TokenLength(text, at));
        at += token.Length;
        return Ascii.EqualsIgnoreCase(token, expected);
    }

    private static bool Slash(ReadOnlySpan<byte> text, ref int at)
    {
        at = Scan.SkipLws(text, at);
        if (at >= text.Length || text[at] != '/')
        {
            return false;
        }

        at = Scan.SkipLws(text, at + 1);
        return true;
    }

    /// <summary>The parameters that are read, to see that each is there only once.</summary>
    [Flags]
    private enum ViaParameters
    {
        None = 0,
        Branch = 1,
        Received = 2,
        Rport = 4,
        Maddr = 8,
    }
}
