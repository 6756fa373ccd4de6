using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Host.Tests.Flows;

/// <summary>That a message came out of the proxy as it went in, but for what a proxy must change (RFC 3261 §16.6, §16.7).</summary>
internal static class Intact
{
    private static readonly string[] s_ofTheProxy = ["Via", "Max-Forwards", "Route", "Record-Route", "Max-Breadth"];

    /// <summary>A request: one Via more, one hop less, everything else octet for octet.</summary>
    public static void Request(WireMessage sent, WireMessage received, string proxy)
    {
        Assert.Equal(sent.Method, received.Method);
        Assert.Equal(sent.Vias.Count + 1, received.Vias.Count);
        Assert.Equal(proxy, WireText.SentBy(received.Vias[0]));
        Assert.StartsWith("z9hG4bK", received.Branch, StringComparison.Ordinal);
        Assert.Equal("69", received["Max-Forwards"]);
        Assert.False(received.Has("Route"), $"a Route is left in\n{received}");
        Assert.Equal(Fields(sent, s_ofTheProxy), Fields(received, s_ofTheProxy));
        Assert.Equal(sent.Body, received.Body);
    }

    /// <summary>A response: our Via taken off, everything else octet for octet.</summary>
    public static void Response(WireMessage sent, WireMessage received)
    {
        Assert.Equal(sent.StartLine, received.StartLine);
        Assert.Equal(sent.Vias.Skip(1), received.Vias);
        Assert.Equal(Fields(sent, ["Via"]), Fields(received, ["Via"]));
        Assert.Equal(sent.Body, received.Body);
    }

    private static List<string> Fields(WireMessage message, string[] without) =>
        [.. message.Names.Distinct().Where(name => !without.Contains(name)).SelectMany(name => message.Lines(name).Select(value => $"{name}: {value}"))];
}
