using ImsSipFast.Engine.Net;

namespace ImsSipFast.Engine.Tests.Net;

public sealed class ResolvConfTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("nameserver 127.0.0.53\noptions edns0 trust-ad\nsearch .\n", "127.0.0.53:53")]
    [InlineData("# nameserver 192.0.2.1\r\n;nameserver 192.0.2.2\r\n\tnameserver\t192.0.2.3  # third\r\n", "192.0.2.3:53")]
    [InlineData("nameserver 2001:db8::1\nnameserver fe80::1%1\nnameserver dns.test\nnameserver\nnameservers 192.0.2.1", "[2001:db8::1]:53 [fe80::1%1]:53")]
    [InlineData("nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\nnameserver 192.0.2.4\n", "192.0.2.1:53 192.0.2.2:53 192.0.2.3:53")]
    public void The_servers_are_read_in_their_order(string text, string servers) =>
        Assert.Equal(servers, string.Join(' ', ResolvConf.Parse(text).Select(static s => s.ToString())));

    [Fact]
    public void A_file_that_is_not_there_names_none() => Assert.Empty(new ResolvConf("/nowhere/resolv.conf").Servers());
}
