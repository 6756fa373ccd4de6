using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Net;

namespace ImsSipFast.Host.Tests.Net;

public sealed class DnsLookupTests : IDisposable
{
    private const ushort A = 1;
    private const ushort Soa = 6;
    private const ushort Aaaa = 28;

    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly List<ushort> _asked = [];

    public DnsLookupTests() => _server.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task All_addresses_and_the_shortest_lifetime_are_taken()
    {
        Serve(static type => type == A ? Answer((A, 300, [192, 0, 2, 1]), (A, 60, [192, 0, 2, 2])) : Refusal(3));
        Assert.Equal(("192.0.2.1:0 192.0.2.2:0", 60), await Ask(v4: true, v6: true));
        Assert.Equal([A], _asked);
    }

    [Fact]
    public async Task No_more_than_eight_addresses_are_tried()
    {
        Serve(static _ => Answer([.. Enumerable.Range(1, 12).Select(static i => (A, 60, new byte[] { 192, 0, 2, (byte)i }))]));
        Assert.Equal(HopList.MaxCount, (await Ask(v4: true, v6: false)).Address!.Split(' ').Length);
    }

    [Fact]
    public async Task Without_an_ipv4_address_the_ipv6_one_is_taken()
    {
        Serve(static type => type == Aaaa ? Answer((Aaaa, 30, IPAddress.Parse("2001:db8::5").GetAddressBytes())) : Answer());
        Assert.Equal(("[2001:db8::5]:0", 30), await Ask(v4: true, v6: true));
    }

    [Fact]
    public async Task Only_families_that_we_listen_on_are_asked_for()
    {
        Serve(static _ => Answer());
        await Ask(v4: false, v6: true);
        Assert.Equal([Aaaa], _asked);
    }

    [Theory]
    [InlineData(20, 5, 5)]
    [InlineData(7, 300, 7)]
    [InlineData(9000, 9000, DnsLookup.LongestFailureSeconds)]
    public async Task A_failure_holds_as_long_as_the_zone_says(int ttl, int minimum, int expected)
    {
        Serve(_ => Refusal(3, (Soa, ttl, [0, 0, .. new byte[16], .. BitConverter.GetBytes(BinaryPrimitives.ReverseEndianness(minimum))])));
        Assert.Equal((null, expected), await Ask(v4: true, v6: false));
    }

    [Fact]
    public async Task A_failure_of_the_server_holds_for_ten_seconds()
    {
        Serve(static _ => Refusal(2));
        Assert.Equal((null, DnsLookup.DefaultFailureSeconds), await Ask(v4: true, v6: false));
    }

    /// <summary>The library's own discovery finds none where lo is the only interface.</summary>
    [Fact]
    public async Task The_servers_of_resolv_conf_are_asked_and_asked_for_again_when_it_changes()
    {
        using var folder = new TemporaryFolder();
        Serve(static _ => Answer((A, 60, [192, 0, 2, 1])));
        var path = folder.Write("resolv.conf", "search lab.test\n");
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch);
        var conf = new ResolvConf(path, ((IPEndPoint)_server.LocalEndPoint!).Port);
        Assert.Empty(conf.Servers());
        File.WriteAllText(path, "# the stub\nnameserver 127.0.0.1 ; here\noptions edns0\n");
        Assert.True((await new DnsLookup(true, false, machine: conf).Ask("host.test")).Addresses.Length > 0);
        Assert.Equal([A], _asked);
    }

    [Theory]
    [InlineData("a..b")]
    [InlineData("")]
    [InlineData("this-label-is-far-longer-than-the-sixty-three-octets-that-the-dns-lets-it-have.test")]
    public async Task A_name_that_cannot_be_asked_for_fails(string name)
    {
        Serve(static _ => Refusal(3));
        Assert.Empty((await new DnsLookup(true, false, [(IPEndPoint)_server.LocalEndPoint!]).Ask(name)).Addresses);
    }

    private async Task<(string? Address, int Seconds)> Ask(bool v4, bool v6)
    {
        var answer = await new DnsLookup(v4, v6, [(IPEndPoint)_server.LocalEndPoint!]).Ask("host.test");
        return (answer.Addresses.Length > 0 ? string.Join(' ', answer.Addresses) : null, answer.LifetimeSeconds);
    }

    /// <summary>Answers each query with what the script says for its type; the question is copied back.</summary>
    private void Serve(Func<ushort, (byte Code, byte[] Records, int Answers, int Authorities)> script) => _ = Task.Run(async () =>
    {
        var buffer = new byte[2048];
        while (true)
        {
            var query = await _server.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
            var nameEnd = 12 + buffer.AsSpan(12).IndexOf((byte)0) + 1;
            var type = BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(nameEnd));
            _asked.Add(type);
            var (code, records, answers, authorities) = script(type);
            byte[] reply =
            [
                buffer[0], buffer[1], 0x81, (byte)(0x80 | code), 0, 1, 0, (byte)answers, 0, (byte)authorities, 0, 0,
                .. buffer[12..(nameEnd + 4)], .. records,
            ];
            await _server.SendToAsync(reply, query.RemoteEndPoint);
        }
    });

    private static (byte Code, byte[] Records, int Answers, int Authorities) Answer(params (ushort Type, int Ttl, byte[] Data)[] records) =>
        (0, [.. records.SelectMany(Record)], records.Length, 0);

    private static (byte Code, byte[] Records, int Answers, int Authorities) Refusal(byte code, params (ushort Type, int Ttl, byte[] Data)[] records) =>
        (code, [.. records.SelectMany(Record)], 0, records.Length);

    // The name is a pointer to the question's.
    private static byte[] Record((ushort Type, int Ttl, byte[] Data) record) =>
    [
        0xC0, 12, 0, (byte)record.Type, 0, 1, .. BitConverter.GetBytes(BinaryPrimitives.ReverseEndianness(record.Ttl)),
        0, (byte)record.Data.Length, .. record.Data,
    ];
}
