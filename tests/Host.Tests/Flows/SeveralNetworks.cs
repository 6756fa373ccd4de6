using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ImsSipFast.Host.Tests.Flows;

/// <summary>
/// The host on machines with more than one address, in network namespaces: phones of two networks call each other, each
/// knowing the proxy by the address that faces it, and no route leading from one to the other.
/// </summary>
public sealed class SeveralNetworks
{
    [Fact]
    public async Task Softphones_of_two_networks_call_each_other()
    {
        _ = RealClient.Baresip;
        using var proxy = new NetworkNamespace();
        using var left = new NetworkNamespace();
        using var right = new NetworkNamespace();
        proxy.ConnectTo(left, "10.77.1.1/24", "10.77.1.2/24");
        proxy.ConnectTo(right, "10.77.2.1/24", "10.77.2.2/24");
        await using var host = await HostProcess.StartAsync(proxy.Launcher, "--mode", "lan", "--domain", "lab.test");
        await using var first = await Baresip.StartAsync("1001", Account("1001", "10.77.1.1"), left);
        await using var second = await Baresip.StartAsync("1002", Account("1002", "10.77.2.1"), right);
        foreach (var (one, user, other) in ((Baresip, string, Baresip)[])[(first, "1002", second), (second, "1001", first)])
        {
            // Either side hangs up once: ACK and BYE follow the Record-Route that the side was shown.
            await Call(one, user, other, one, other);
            await Call(one, user, other, other, one);
        }

        Assert.Contains(host.Output, static line => line.Contains("10.77.1.1:5060", StringComparison.Ordinal));
        Assert.Contains(host.Output, static line => line.Contains("10.77.2.1:5060", StringComparison.Ordinal));
        var report = await HostReport.StopAsync(host);
        Assert.Equal((4, 0), (report.CallsAnswered, report.Dropped));
    }

    /// <summary>Field report "interface-address": what a softphone does by default on the machine of the proxy.</summary>
    [Fact]
    public async Task Softphones_bound_to_the_interface_of_this_machine_call_each_other_in_loopback_mode()
    {
        _ = RealClient.Baresip;
        using var machine = new NetworkNamespace();
        using var neighbour = new NetworkNamespace();
        machine.ConnectTo(neighbour, "192.168.50.2/24", "192.168.50.3/24");
        await using var host = await HostProcess.StartAsync(machine.Launcher, "--listen", "udp:127.0.0.1:5060");
        await using var first = await Baresip.StartAsync("1001", Account("1001", "127.0.0.1"), machine);
        await using var second = await Baresip.StartAsync("1002", Account("1002", "127.0.0.1"), machine);
        await Call(first, "1002", second, first, second);
        await Call(second, "1001", first, first, second);
        Assert.Contains(host.Output, static line => line.Contains("[FWD] INVITE -> 192.168.50.2:", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("udp:0.0.0.0:5060", "10.77.1.2", "10.77.1.1", "10.77.1.9")]
    [InlineData("udp:[::]:5060", "2001:db8:77::2", "2001:db8:77::1", "2001:db8:77::9")]
    [InlineData("udp:[::]:5060", "fe80::77:2", "fe80::77:1", "fe80::77:9")]
    public async Task An_answer_leaves_from_the_address_that_was_asked(string listen, string peer, params string[] addresses)
    {
        using var proxy = new NetworkNamespace();
        using var phone = new NetworkNamespace();
        var length = peer.Contains(':', StringComparison.Ordinal) ? 64 : 24;
        var noDad = length == 64 ? " nodad" : "";
        proxy.ConnectTo(phone, $"{addresses[0]}/{length}{noDad}", $"{peer}/{length}{noDad}");
        proxy.Ip($"addr add {addresses[1]}/{length}{noDad} dev {proxy.Cable}");
        await using var host = await HostProcess.StartAsync(proxy.Launcher, "--mode", "lan", "--listen", listen);
        foreach (var address in addresses)
        {
            var to = IPAddress.Parse(address);
            using var socket = phone.Open(() =>
            {
                var own = IPAddress.Parse(peer);
                var scope = own.IsIPv6LinkLocal ? phone.CableIndex() : 0;
                own = scope > 0 ? new IPAddress(own.GetAddressBytes(), scope) : own;
                to = scope > 0 ? new IPAddress(to.GetAddressBytes(), scope) : to;
                var open = new Socket(own.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 10_000 };
                open.Bind(new IPEndPoint(own, 0));
                open.Connect(to, 5060);
                return open;
            });
            var written = length == 64 ? $"[{address}]" : address;
            var sender = length == 64 ? $"[{peer}]" : peer;
            socket.Send(Encoding.ASCII.GetBytes(
                $"OPTIONS sip:{written} SIP/2.0\r\nVia: SIP/2.0/UDP {sender};rport;branch=z9hG4bK{address.GetHashCode(StringComparison.Ordinal)}\r\nMax-Forwards: 70\r\n"
                + $"From: <sip:a@{sender}>;tag=1\r\nTo: <sip:{written}>\r\nCall-ID: {address}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"));
            var answer = new byte[4096];
            Assert.StartsWith("SIP/2.0 200 ", Encoding.ASCII.GetString(answer, 0, socket.Receive(answer)), StringComparison.Ordinal);
        }
    }

    private static string Account(string user, string proxy) =>
        $"<sip:{user}@lab.test;transport=udp>;outbound=\"sip:{proxy};transport=udp\";regint=3600;audio_codecs=pcmu";

    private static async Task Call(Baresip caller, string user, Baresip callee, Baresip hangsUp, Baresip hears)
    {
        await caller.DoAsync("dial", user);
        _ = await callee.ExpectAsync("CALL_INCOMING");
        await callee.DoAsync("accept");
        _ = await caller.ExpectAsync("CALL_ESTABLISHED");
        _ = await callee.ExpectAsync("CALL_ESTABLISHED");
        await hangsUp.DoAsync("hangup");
        _ = await hangsUp.ExpectAsync("CALL_CLOSED");
        Assert.Equal("Connection reset by peer", await hears.ExpectAsync("CALL_CLOSED"));
    }
}
