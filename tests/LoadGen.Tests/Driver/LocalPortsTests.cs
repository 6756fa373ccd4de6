using System.Net;
using System.Net.Sockets;
using ImsSipFast.LoadGen.Driver;

namespace ImsSipFast.LoadGen.Tests.Driver;

public sealed class LocalPortsTests
{
    // An address that no other test uses.
    private static readonly IPAddress Own = IPAddress.Parse("127.60.61.62");

    [Fact]
    public void The_same_ports_come_again_and_a_taken_one_is_passed_over()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only on Linux all of 127.0.0.0/8 is this machine");
        Assert.Equal(LocalPorts.First, LocalPorts.Pick(Own));
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        taken.Bind(new IPEndPoint(Own, LocalPorts.First + 1));
        Assert.Equal(LocalPorts.First + 2, LocalPorts.Pick(Own));
    }
}
