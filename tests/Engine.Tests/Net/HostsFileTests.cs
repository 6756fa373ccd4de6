using ImsSipFast.Engine.Net;

namespace ImsSipFast.Engine.Tests.Net;

public sealed class HostsFileTests
{
    private const string Text = """
        # a comment
        127.0.0.1	localhost
        ::1 localhost ip6-localhost
        2001:db8::1 dual.test
        192.0.2.1   dual.test Alias.test  # and a comment
        192.0.2.2   dual.test
        not-an-address nobody.test
        192.0.2.3
        """;

    [Theory]
    [InlineData(true, true, "dual.test", "192.0.2.1")]
    [InlineData(true, true, "ALIAS.TEST", "192.0.2.1")]
    [InlineData(true, true, "ip6-localhost", "::1")]
    [InlineData(true, false, "dual.test", "192.0.2.1")]
    [InlineData(false, true, "dual.test", "2001:db8::1")]
    [InlineData(true, true, "localhost", "127.0.0.1")]
    [InlineData(false, true, "localhost", "::1")]
    [InlineData(true, false, "ip6-localhost", null)]
    [InlineData(false, true, "alias.test", null)]
    [InlineData(true, true, "nobody.test", null)]
    public void A_name_has_the_first_address_that_we_can_reach(bool v4, bool v6, string name, string? address) =>
        Assert.Equal(address, HostsFile.Parse(Text, v4, v6).GetValueOrDefault(name)?.ToString());

    [Fact]
    public void Localhost_needs_no_file() => Assert.Equal("127.0.0.1", HostsFile.Parse("", true, true)["localhost"].ToString());
}
