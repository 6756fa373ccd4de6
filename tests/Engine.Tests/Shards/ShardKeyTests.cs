using System.Text;
using ImsSipFast.Engine.Registrar;
using ImsSipFast.Engine.Shards;

namespace ImsSipFast.Engine.Tests.Shards;

public sealed class ShardKeyTests
{
    // So many shards that two different keys hardly ever meet in one.
    private const int Shards = 65_537;

    private static readonly LocationService s_location = new(Shards, key: 7);
    private static readonly ShardKey s_key = new(s_location, key: 42);

    [Theory]
    [InlineData("INVITE sip:b@x SIP/2.0\r\nVia: v\r\nCall-ID: abc@host\r\nTo: <sip:b@x>\r\n\r\n")]
    [InlineData("INVITE sip:b@x SIP/2.0\r\ni: abc@host\r\n\r\n")]
    [InlineData("ACK sip:b@x SIP/2.0\r\nI:abc@host\r\n\r\n")]
    [InlineData("CANCEL sip:b@x SIP/2.0\r\ncall-id   :\tabc@host  \r\n\r\n")]
    [InlineData("BYE sip:b@x SIP/2.0\r\nCALL-ID:\r\n abc@host\r\n \r\nCSeq: 1 BYE\r\n\r\n")]
    [InlineData("\r\n\r\nMESSAGE sip:b@x SIP/2.0\r\nSubject: x\r\n Call-ID: folded\r\ni: abc@host\r\n\r\n")]
    [InlineData("SIP/2.0 200 OK\r\nCall-ID: abc@host\r\nCSeq: 1 INVITE\r\n\r\n")]
    [InlineData("SIP/2.0 200 OK\r\nCSeq: 1 REGISTERED\r\nCall-ID: abc@host\r\n\r\n")]
    [InlineData("sip/2.0 486 Busy\r\nCSEQ:\r\n 1\r\n INVITE\r\ni: abc@host\r\ni: other\r\n\r\n")]
    [InlineData("INVITE sip:b@x SIP/2.0\r\nTo: cut\r\nCall-ID: abc@host\r\nSubject: the rest is mis")]
    public void All_messages_of_a_call_meet_in_one_shard(string message) =>
        Assert.Equal(ShardOf("OPTIONS sip:x SIP/2.0\r\nCall-ID: abc@host\r\n\r\n"), ShardOf(message));

    [Theory]
    [InlineData("sip:%62@home.test")]
    [InlineData("sip:b@HOME.test")]
    [InlineData("sip:b:secret@home.test:5060;transport=udp")]
    [InlineData("SIPS:b@home.test?subject=x")]
    public void One_user_is_one_shard_however_it_is_written(string uri)
    {
        var expected = s_location.PartitionOf("sip:b@home.test"u8);
        Assert.Equal(expected, ShardOf($"REGISTER sip:home.test SIP/2.0\r\nCall-ID: 1\r\nTo: Bob <{uri}>;x=y\r\n\r\n"));
        Assert.Equal(expected, ShardOf($"REGISTER sip:home.test SIP/2.0\r\nt:\r\n \"B, <ob>\"\r\n <{uri}>\r\ni: 2\r\n\r\n"));
        Assert.Equal(expected, ShardOf($"SIP/2.0 200 OK\r\nCall-ID: 3\r\nTo: <{uri}>;tag=1\r\nCSeq: 9 REGISTER\r\n\r\n"));
        Assert.Equal(expected, ShardOf($"SIP/2.0 401 No\r\nCSeq: 9\r\n REGISTER\r\nt: <{uri}>\r\n\r\n"));
    }

    [Fact]
    public void The_case_of_a_user_counts() => Assert.NotEqual(
        ShardOf("REGISTER sip:x SIP/2.0\r\nTo: <sip:b@x>\r\n\r\n"), ShardOf("REGISTER sip:x SIP/2.0\r\nTo: <sip:B@x>\r\n\r\n"));

    [Theory]
    [InlineData("")]
    [InlineData("\r\n")]
    [InlineData("INVITE")]
    [InlineData("INVITE sip:b@x SIP/2.0\r\n\r\nCall-ID: in the body\r\n\r\n")]
    [InlineData("INVITE sip:b@x SIP/2.0\r\nCall-ID: cut off by a rou")]
    [InlineData("INVITE sip:b@x SIP/2.0\r\nCall-ID:\r\n\r\n")]
    [InlineData("SIP/2.0 200 OK\r\nCall-ID: abc\r\n\r\n")]
    [InlineData("REGISTER sip:x SIP/2.0\r\nCall-ID: abc\r\n\r\n")]
    public void What_cannot_be_told_falls_back(string message)
    {
        Assert.False(s_key.TryGet(Encoding.UTF8.GetBytes(message), out var shard));
        Assert.Equal(ShardKey.Fallback, shard);
    }

    [Fact]
    public void A_user_that_is_no_sip_uri_falls_back() =>
        Assert.Equal(ShardKey.Fallback, ShardOf("REGISTER sip:x SIP/2.0\r\nTo: <tel:+123>\r\n\r\n"));

    [Fact]
    public void Every_prefix_of_a_message_is_taken_without_complaint()
    {
        var message = Encoding.ASCII.GetBytes("\r\nSIP/2.0 200 OK\r\nTo: \"a\" <sip:b@x>\r\nCSeq: 1 REGISTER\r\nCall-ID: abc\r\n\r\nbody");
        for (var length = 0; length <= message.Length; length++)
        {
            Assert.InRange(Get(message.AsSpan(0, length)), 0, Shards - 1);
        }
    }

    [Fact]
    public void Scanning_allocates_nothing()
    {
        var invite = Encoding.ASCII.GetBytes("INVITE sip:b@x SIP/2.0\r\nVia: v\r\nCall-ID: abc@host\r\n\r\n");
        var register = Encoding.ASCII.GetBytes("REGISTER sip:x SIP/2.0\r\nVia: v\r\nTo: <sip:%62@x>\r\n\r\n");
        AllocationAssert.None(() =>
        {
            Get(invite);
            Get(register);
        });
    }

    private static int ShardOf(string message)
    {
        Assert.True(s_key.TryGet(Encoding.UTF8.GetBytes(message), out var shard), message);
        return shard;
    }

    private static int Get(ReadOnlySpan<byte> message)
    {
        s_key.TryGet(message, out var shard);
        return shard;
    }
}
