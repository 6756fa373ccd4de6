using System.Text;
using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Net;

namespace ImsSipFast.Engine.Tests.Net;

public sealed class DatagramFilterTests
{
    [Theory]
    [InlineData("", DropReason.KeepAlive)]
    [InlineData("\r\n\r\n", DropReason.KeepAlive)]
    [InlineData("\0\0\0\0", DropReason.KeepAlive)]
    [InlineData("\r\n\0\r", DropReason.KeepAlive)]
    [InlineData("\r\nOPTIONS sip:x SIP/2.0", DropReason.None)]
    [InlineData(" leading blank", DropReason.None)]
    [InlineData("x", DropReason.None)]
    [InlineData("\u0000\u0001\u0000\u0000\u0021\u0012\u00a4\u0042123456789012", DropReason.Stun)]
    [InlineData("\u0001\u0001\u0000\u0000\u0021\u0012\u00a4\u0042123456789012", DropReason.Stun)]
    [InlineData("\u0000\u0001\u0000\u0000\u0021\u0012\u00a4\u004212345678901", DropReason.None)]
    [InlineData("\u0000\u0001\u0000\u0000\u0021\u0012\u00a4\u0043123456789012", DropReason.None)]
    [InlineData("\u0080\u0001\u0000\u0000\u0021\u0012\u00a4\u0042123456789012", DropReason.None)]
    public void Each_datagram_has_one_verdict(string text, DropReason expected) =>
        Assert.Equal(expected, new DatagramFilter(1024, new EngineMetrics()).Classify(Encoding.Latin1.GetBytes(text)));

    [Fact]
    public void The_limit_on_messages_is_kept()
    {
        var filter = new DatagramFilter(1024, new EngineMetrics());
        Assert.Equal(DropReason.None, filter.Classify(Encoding.ASCII.GetBytes(new string('x', 1024))));
        Assert.Equal(DropReason.TooLong, filter.Classify(Encoding.ASCII.GetBytes(new string('x', 1025))));
        Assert.Equal(DropReason.TooLong, filter.Classify(Encoding.ASCII.GetBytes(" " + new string('x', 1025))));
    }

    [Fact]
    public void What_is_dropped_is_counted_as_received_and_given_back()
    {
        var metrics = new EngineMetrics();
        var pool = new MessagePool(traceLeaks: true);
        Assert.False(new DatagramFilter(1024, metrics).Passes(pool.Keep("\r\n"u8)));
        Assert.Equal(1, metrics.Received);
        Assert.Equal(1, metrics.Dropped(DropReason.KeepAlive));
        Assert.Equal(0, pool.Outstanding);
    }
}
