using System.Net;
using System.Text;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Routing;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Tests.Writing;

/// <summary>What a forwarded request changes, in text.</summary>
internal sealed record Edits
{
    public string? RequestUri { get; init; }

    public int MaxForwards { get; init; } = 69;

    public int MaxBreadth { get; init; } = -1;

    public string RecordRoute { get; init; } = "";

    public int RoutesRemoved { get; init; }

    public bool LastRouteRemoved { get; init; }

    public string RoutesAdded { get; init; } = "";

    public string RouteAppended { get; init; } = "";

    public string Source { get; init; } = "192.0.2.1:5060";

    /// <summary>Whatever else is edited.</summary>
    public Action<HeaderEdits> More { get; init; } = static _ => { };
}

/// <summary>Messages in, messages out, both as text with CRLF line ends; octets are Latin-1.</summary>
internal static class WritingBench
{
    /// <summary>The Via that is ours in every forwarded request.</summary>
    public const string OwnVia = "Via: SIP/2.0/UDP proxy.test:5060;branch=z9hG4bKours";

    /// <summary>A message from its lines; the empty line and the body follow where the lines say so.</summary>
    public static string Lines(params string[] lines) => string.Join("\r\n", lines) + "\r\n\r\n";

    public static SipMessage Parse(string text)
    {
        var octets = Encoding.Latin1.GetBytes(text);
        var message = new SipMessage();
        Assert.True(SipParser.TryParse(octets, octets.Length, message), $"{message.Error} in:\n{text}");
        return message;
    }

    /// <summary>The request as it leaves; what comes out must parse.</summary>
    public static string Forward(string text, Edits? edits = null)
    {
        var (written, overflowed) = TryForward(text, edits ?? new Edits(), 65_507);
        Assert.False(overflowed);
        Parse(written);
        return written;
    }

    /// <summary>The same into so many octets.</summary>
    public static (string Written, bool Overflowed) TryForward(string text, Edits edits, int room)
    {
        var message = Parse(text);
        var headers = new HeaderEdits();
        Add(headers, HeaderName.RecordRoute, HeaderOperation.Prepend, edits.RecordRoute);
        Add(headers, HeaderName.Route, HeaderOperation.Prepend, edits.RoutesAdded);
        Add(headers, HeaderName.Route, HeaderOperation.Append, edits.RouteAppended.Length == 0 ? "" : $"<{edits.RouteAppended}>");
        edits.More(headers);
        var octets = new RequestEdits
        {
            Headers = headers,
            RequestUri = edits.RequestUri is null ? message[message.RequestUri] : Latin1(edits.RequestUri),
            MaxForwards = edits.MaxForwards,
            MaxBreadth = edits.MaxBreadth,
            RoutesRemoved = edits.RoutesRemoved,
            LastRouteRemoved = edits.LastRouteRemoved,
            SentBy = "proxy.test:5060"u8,
            Branch = "z9hG4bKours"u8,
            Source = Address(edits.Source),
        };
        var writer = new SipWriter(new byte[room]);
        ForwardedRequestWriter.Write(ref writer, message, octets);
        return (Encoding.Latin1.GetString(writer.Written), writer.Overflowed);
    }

    /// <summary>The response as it goes upstream.</summary>
    public static string Upstream(string text, string challenges = "") =>
        Upstream(text, edits => ForwardedHeaders.OfChallenge(Parse(text), Latin1(challenges), edits));

    /// <summary>The same with whatever is edited.</summary>
    public static string Upstream(string text, Action<HeaderEdits> edit)
    {
        var edits = new HeaderEdits();
        edit(edits);
        var writer = new SipWriter(new byte[65_507]);
        ForwardedResponseWriter.Write(ref writer, Parse(text), edits);
        Assert.False(writer.Overflowed);
        return Encoding.Latin1.GetString(writer.Written);
    }

    /// <summary>A response of our own.</summary>
    public static string Respond(string text, int statusCode, string tag, string source = "192.0.2.1:5060")
    {
        var octets = Encoding.Latin1.GetBytes(text);
        var message = new SipMessage();
        SipParser.TryParse(octets, octets.Length, message);
        var writer = new SipWriter(new byte[65_507]);
        ResponseWriter.Begin(ref writer, message, statusCode, "Reason"u8, Latin1(tag), Address(source));
        ResponseWriter.End(ref writer);
        Assert.False(writer.Overflowed);
        return Encoding.Latin1.GetString(writer.Written);
    }

    public static PeerAddress Address(string text) => PeerAddress.From(IPEndPoint.Parse(text));

    private static void Add(HeaderEdits edits, HeaderName name, HeaderOperation operation, string value)
    {
        if (value.Length > 0)
        {
            edits.Add(name, operation, Latin1(value));
        }
    }

    private static byte[] Latin1(string text) => Encoding.Latin1.GetBytes(text);
}
