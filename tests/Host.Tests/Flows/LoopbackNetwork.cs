using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ImsSipFast.Host.Tests.Flows;

/// <summary>
/// A network of our own within 127.0.0.0/8, so that conformance cases, which know the proxy as 127.0.0.1:5060 and its
/// peers as 127.0.0.2 and up, can run over real sockets beside each other and beside a proxy that somebody uses. Names
/// of both networks have the same length, so that no Content-Length changes when one takes the place of the other.
/// </summary>
internal sealed class LoopbackNetwork : IDisposable
{
    private const string Written = "127.0.0.";
    private const int Networks = 81;

    // Who is bound here has the network, also from the tests of another run.
    private const string Claim = "127.0.0.254:5060";

    private static int s_next = Environment.ProcessId;

    private readonly string _real;
    private readonly Socket _claim = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    private LoopbackNetwork(string real) => _real = real;

    /// <summary>No change at all.</summary>
    public static LoopbackNetwork Plain { get; } = new(Written);

    /// <summary>A network that nobody else has until it is disposed.</summary>
    public static LoopbackNetwork Take()
    {
        for (var i = 0; i < Networks; i++)
        {
            var number = Interlocked.Increment(ref s_next) % Networks;
            var network = new LoopbackNetwork($"127.{(number / 9) + 1}.{(number % 9) + 1}.");
            try
            {
                network._claim.Bind(network.Real(IPEndPoint.Parse(Claim)));
                return network;
            }
            catch (SocketException)
            {
                network.Dispose();
            }
        }

        Assert.Fail("Port 5060 is taken in every network of 127.0.0.0/8 that we try: does a proxy listen on 0.0.0.0:5060?");
        throw new InvalidOperationException();
    }

    public IPEndPoint Real(IPEndPoint written) => IPEndPoint.Parse(written.ToString().Replace(Written, _real, StringComparison.Ordinal));

    public string Text(EndPoint real) => real.ToString()!.Replace(_real, Written, StringComparison.Ordinal);

    /// <summary>The octets as they go over the network.</summary>
    public byte[] ToReal(ReadOnlySpan<byte> octets) => Replace(octets, Written, _real);

    /// <summary>The octets as the case wrote or expects them.</summary>
    public byte[] ToWritten(ReadOnlySpan<byte> octets) => Replace(octets, _real, Written);

    public void Dispose() => _claim.Dispose();

    private static byte[] Replace(ReadOnlySpan<byte> octets, string from, string to) =>
        from == to ? octets.ToArray() : Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(octets).Replace(from, to, StringComparison.Ordinal));
}
