using System.Net.Sockets;
using ImsSipFast.Engine.Net;

namespace ImsSipFast.Engine.Tests.Net;

public sealed class SocketErrorPolicyTests
{
    [Fact]
    public void Every_error_has_a_tier_and_only_a_closed_socket_is_fatal()
    {
        SocketError[] closed = [SocketError.OperationAborted, SocketError.NotSocket, SocketError.Shutdown];
        foreach (var error in Enum.GetValues<SocketError>())
        {
            Assert.Equal(closed.Contains(error), SocketErrorPolicy.OnReceive(error) == ReceiveErrorTier.Fatal);
            Assert.Equal(closed.Contains(error), SocketErrorPolicy.OnSend(error) == SendErrorTier.Fatal);
        }
    }

    [Theory]
    [InlineData(SocketError.ConnectionReset, true)]
    [InlineData(SocketError.ConnectionRefused, true)]
    [InlineData(SocketError.HostUnreachable, false)]
    [InlineData(SocketError.NetworkUnreachable, false)]
    [InlineData(SocketError.MessageSize, false)]
    public void What_an_earlier_send_caused_never_slows_receiving(SocketError error, bool isOfAnother)
    {
        Assert.Equal(ReceiveErrorTier.Ignore, SocketErrorPolicy.OnReceive(error));
        Assert.Equal(isOfAnother ? SendErrorTier.OfAnother : SendErrorTier.TryAgain, SocketErrorPolicy.OnSend(error));
    }

    [Theory]
    [InlineData(SocketError.NoBufferSpaceAvailable)]
    [InlineData(SocketError.SocketError)]
    public void A_shortage_or_the_unknown_pauses_receiving(SocketError error) =>
        Assert.Equal(ReceiveErrorTier.BackOff, SocketErrorPolicy.OnReceive(error));

    [Theory]
    [InlineData(SocketError.NoBufferSpaceAvailable)]
    [InlineData(SocketError.WouldBlock)]
    public void A_full_buffer_is_waited_for(SocketError error) =>
        Assert.Equal(SendErrorTier.WaitBriefly, SocketErrorPolicy.OnSend(error));

    [Fact]
    public void Pauses_double_up_to_a_second() => Assert.Equal(
        [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000, 1000], Enumerable.Range(1, 12).Select(SocketErrorPolicy.PauseAfter));
}
