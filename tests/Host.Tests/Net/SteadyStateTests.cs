using System.Buffers.Text;
using System.Text;
using ImsSipFast.Engine;

namespace ImsSipFast.Host.Tests.Net;

/// <summary>Alone in the process while they run: they count what all threads together allocate.</summary>
[CollectionDefinition(nameof(SteadyStateTests), DisableParallelization = true)]
[Collection(nameof(SteadyStateTests))]
public sealed class SteadyStateTests
{
    private const int Warm = 3000;
    private const int Measured = 3000;

    [Theory]
    [InlineData(IoPolicy.Auto)]
    [InlineData(IoPolicy.Portable)]
    public async Task A_datagram_through_sockets_inbox_and_shard_allocates_nothing(IoPolicy io)
    {
        await using var fixture = await EngineFixture.Start(o => (o.Io, o.Runner) = (io, RunnerPolicy.Inline));
        var agent = fixture.Agent();
        var request = Encoding.ASCII.GetBytes(
            $"OPTIONS sip:{fixture.Address} SIP/2.0\r\nVia: SIP/2.0/UDP {agent.LocalEndPoint};branch=z9hG4bK-00000000\r\nMax-Forwards: 70\r\n"
            + $"From: <sip:me@home.test>;tag=1\r\nTo: <sip:{fixture.Address}>\r\nCall-ID: 00000000\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n");
        int[] numbers = [request.AsSpan().IndexOf("00000000"u8), request.AsSpan().LastIndexOf("00000000"u8)];
        var answer = new byte[2048];
        long before = 0;
        for (var i = 0; i < Warm + Measured; i++)
        {
            if (i == Warm)
            {
                before = GC.GetTotalAllocatedBytes(precise: true);
            }

            foreach (var at in numbers)
            {
                Utf8Formatter.TryFormat(i, request.AsSpan(at, 8), out _, new System.Buffers.StandardFormat('D', 8));
            }

            agent.Send(request);
            Assert.True(agent.Receive(answer) > 12 && answer[8] == '2');
        }

        // The runtime and the test runner allocate a little of their own now and then. One object on the path of a
        // datagram would be 24 octets or more in each.
        var each = (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)Measured;
        Assert.True(each < 8, $"{each} octets a datagram");
    }
}
