using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Tests.Conformance;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Shards;

/// <summary>What a live INVITE transaction costs, beside the octets of its two kept copies: 2 KiB, however long the message.</summary>
public sealed class LiveInviteMemoryTests
{
    private const int Count = 2_000;
    private const int Allowed = 2_048;

    [Theory]
    [InlineData(700)]
    [InlineData(2_100)]
    [InlineData(5_000)]
    [InlineData(20_000)]
    public void A_live_INVITE_costs_2_KiB_beside_the_octets_of_its_messages(int length)
    {
        var bench = new ShardBench();
        var (caller, callee) = (ShardBench.Address(2), ShardBench.Address(3));
        bench.Receive(Octets("REGISTER", 0, "Contact: <sip:b@127.0.0.3:5060>\r\n", 0), callee);
        for (var i = 0; i < Count; i++)
        {
            // The first half makes what all share: tables, receive buffers, scratch room.
            if (i == Count / 2)
            {
                bench.ForgetAllocations();
            }

            bench.Forget();
            bench.Receive(Octets("INVITE", i, "Contact: <sip:a@127.0.0.2:5060>\r\n", length), caller);
            Assert.Equal(2, bench.Count);
        }

        var copies = MessageSizes.CapacityOf(MessageSizes.ClassOf(length)) + MessageSizes.CapacityOf(MessageSizes.ClassOf(bench.Sent(1).Length));
        Assert.InRange(copies, 2 * length, 3 * length + 512);
        var each = (bench.Allocated / (Count / 2)) - copies;
        Assert.InRange(each, 0, Allowed);

        // What the budget counts is what is there; the gauge moves with the time.
        bench.Pass(0);
        var counted = (bench.Metrics.KeptOctets / Count) - copies;
        Assert.InRange(counted, each / 2, Allowed);
        bench.Verify();
    }

    private static byte[] Octets(string method, int number, string headers, int length)
    {
        var to = "<sip:b@home.test>";
        var head = $"{method} {(method == "REGISTER" ? "sip:home.test" : "sip:b@home.test")} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.2:5060;rport;branch=z9hG4bK-{number}-x\r\n"
            + $"Max-Forwards: 70\r\nFrom: {(method == "REGISTER" ? to : "<sip:a@home.test>")};tag=f{number}\r\nTo: {to}\r\nCall-ID: {number}@127.0.0.2\r\nCSeq: 1 {method}\r\n{headers}";
        var body = new string('x', Math.Max(0, length - head.Length - 24));
        return System.Text.Encoding.ASCII.GetBytes($"{head}Content-Length: {body.Length}\r\n\r\n{body}");
    }
}
