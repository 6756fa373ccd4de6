using System.Text;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Registrar;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Tests.Registrar;

public sealed class RegistrarAllocationTests
{
    private const string Contact =
        "Contact: \"B\" <sip:b@192.0.2.4:5060;transport=udp;ob>;q=0.8;+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF>\"";

    private readonly RegistrarFixture _registrar = new(o => o.MinExpires = 1);
    private readonly SipMessage _message = new();
    private readonly byte[] _response = new byte[4096];

    [Theory]
    [InlineData(Contact, "phone-{0}", 3600)]
    [InlineData(Contact + "\nPath: <sip:p2.test;lr>, <sip:p1.test;lr>\nSupported: path", "phone", 3600)]
    [InlineData(Contact + ", <sip:b@192.0.2.5>, <mailto:b@home.test>;q=0.1", "phone", 60)]
    [InlineData("", "phone", 0)]
    public void A_refresh_allocates_nothing(string headers, string callId, int expires)
    {
        // Only Call-ID, CSeq and Expires change, as they do from one refresh to the next.
        var requests = Enumerable.Range(1, 1000)
            .Select(i => Encoding.ASCII.GetBytes(_registrar.Request($"{headers}\nExpires: {expires + i}", i, callId: string.Format(null, callId, i % 5))))
            .Chunk(20).ToArray();
        var next = 0;
        AllocationAssert.None(() => Apply(requests[next++ % requests.Length]));
    }

    [Fact]
    public void A_retransmission_and_a_refusal_allocate_nothing()
    {
        var request = Encoding.ASCII.GetBytes(_registrar.Request(Contact, 1));
        var refused = Encoding.ASCII.GetBytes(_registrar.Request(Contact + "\nRequire: foo", 2));
        var outOfOrder = Encoding.ASCII.GetBytes(_registrar.Request(Contact, 1));
        byte[][] all = [request, request, refused, outOfOrder];
        AllocationAssert.None(() => Apply(all));
    }

    [Fact]
    public void A_lookup_allocates_nothing()
    {
        _registrar.Register(Contact + ", <sip:b@192.0.2.5>", 1);
        var key = RegistrarFixture.Key(RegistrarFixture.B);
        Assert.Equal(2, CountLive(key));
        AllocationAssert.None(() => CountLive(key));
    }

    private int CountLive(byte[] key)
    {
        var count = 0;
        _registrar.Location.Lookup(key, out var set);
        foreach (var binding in set.Live(0))
        {
            count += binding.ContactUri.IsEmpty ? 0 : 1;
        }

        return count;
    }

    private void Apply(byte[][] requests)
    {
        Span<byte> key = stackalloc byte[AddressOfRecord.MaxLength];
        foreach (var request in requests)
        {
            SipParser.TryParse(request, request.Length, _message);
            AddressOfRecord.TryWrite(_message.FirstValue(HeaderName.To), key, out var length);
            var writer = new SipWriter(_response);
            _registrar.Core.Apply(_message, _registrar.Flow, key[..length], "to-tag"u8, 1000, ref writer);
        }
    }
}
