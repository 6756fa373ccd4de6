using System.Net;

namespace ImsSipFast.Host.Tests;

public sealed class BannerTests
{
    private static readonly IPEndPoint[] s_bound = [IPEndPoint.Parse("127.0.0.1:5060")];

    [Fact]
    public void A_receive_buffer_that_was_granted_whole_is_told_as_it_is() =>
        Assert.Contains(" 8,388,608 octets of receive buffer\n", BannerOf(granted: 8_388_608), StringComparison.Ordinal);

    [Fact]
    public void A_receive_buffer_that_was_cut_is_told_with_what_limits_it() =>
        Assert.Contains(
            " 212,992 octets of receive buffer granted, 8,388,608 asked (sysctl net.core.rmem_max limits it)\n",
            BannerOf(granted: 212_992),
            StringComparison.Ordinal);

    [Fact]
    public void The_memory_for_calls_is_told_and_where_it_comes_from()
    {
        var half = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;
        Assert.Contains(
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $" {half >> 20:N0} MiB for calls and registrations, half of what there is (--memory)\n"),
            BannerOf(granted: 8_388_608),
            StringComparison.Ordinal);

        var given = new HostOptions();
        given.Engine.Memory = 512 << 20;
        Assert.Contains(" 512 MiB for calls and registrations (--memory)\n", Banner.Text(given, s_bound, s_bound, [8_388_608]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_listener_on_all_addresses_is_told_with_each_that_other_machines_reach()
    {
        var banner = Banner.Text(
            new HostOptions(), [IPEndPoint.Parse("0.0.0.0:5060")],
            [IPEndPoint.Parse("127.0.0.1:5060"), IPEndPoint.Parse("192.168.1.5:5060"), IPEndPoint.Parse("10.0.0.5:5060")], [8_388_608]);
        Assert.Contains(
            "  listens on  udp:0.0.0.0:5060\n  reached at  udp:192.168.1.5:5060\n  reached at  udp:10.0.0.5:5060\n  buffer", banner, StringComparison.Ordinal);
    }

    [Fact]
    public void A_GiB_of_receive_buffer_is_granted_though_the_kernel_keeps_an_octet_less()
    {
        var options = new HostOptions();
        options.Engine.ReceiveBufferBytes = 1 << 30;
        Assert.Contains(" 1,073,741,823 octets of receive buffer\n", Banner.Text(options, s_bound, s_bound, [(1 << 30) - 1]), StringComparison.Ordinal);
    }

    /// <summary>The limit counts lines, and a message that is passed on has two.</summary>
    [Theory]
    [InlineData(2000, "info, up to 2,000 message lines/s; also in ims-sip-server.log")]
    [InlineData(0, "info, every message; also in ims-sip-server.log")]
    public void The_limit_of_the_log_is_told_in_lines(int rate, string told) =>
        Assert.Contains($"  log         {told}\n", Banner.Text(new HostOptions { LogRate = rate }, s_bound, s_bound, [8_388_608]), StringComparison.Ordinal);

    private static string BannerOf(int granted) => Banner.Text(new HostOptions(), s_bound, s_bound, [granted]);
}
