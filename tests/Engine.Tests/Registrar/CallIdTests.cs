using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Registrar;

namespace ImsSipFast.Engine.Tests.Registrar;

/// <summary>A binding keeps the Call-ID of its REGISTER, octet by octet.</summary>
public sealed class CallIdTests
{
    private readonly RegistrarFixture _registrar = new(o => o.MaxContactOctetsPerAor = 400);

    [Theory]
    [InlineData("call-2")]
    [InlineData("2")]
    [InlineData("a-call-of-another-phone-with-a-longer-name@192.0.2.17")]
    public void The_binding_has_the_Call_ID_and_CSeq_of_its_last_REGISTER(string callId)
    {
        _registrar.Register("Contact: <sip:1@h>", 7);
        _registrar.Register("Contact: <sip:1@h>", 3, callId: callId);
        var binding = Assert.Single(_registrar.Bindings());
        Assert.Equal(callId, System.Text.Encoding.ASCII.GetString(binding.CallId));
        Assert.Equal(500, _registrar.Register("Contact: <sip:1@h>", 2, callId: callId).Status);
        Assert.Equal(500, _registrar.Register("Contact: <sip:1@h>", 3, callId: callId).Status);

        // Nothing is left of the Call-ID before it.
        Assert.Equal(200, _registrar.Register("Contact: <sip:1@h>", 1, callId: "call-1").Status);
    }

    [Theory]
    [InlineData("call")]
    [InlineData("call-11")]
    [InlineData("Call-1")]
    public void A_Call_ID_that_is_nearly_the_same_is_another(string callId)
    {
        // RFC 3261 §20.8: case-sensitive, compared octet by octet.
        _registrar.Register("Contact: <sip:1@h>", 7);
        Assert.Equal(200, _registrar.Register("Contact: <sip:1@h>", 1, callId: callId).Status);
    }

    [Fact]
    public void A_Call_ID_of_the_same_length_is_written_over_the_last_one()
    {
        _registrar.Register("Contact: <sip:1@h>", 1, callId: "first");
        var binding = Assert.Single(_registrar.Bindings());
        var octets = binding.MemoryOctets;
        _registrar.Register("Contact: <sip:1@h>", 1, callId: "again");
        Assert.Same(binding, Assert.Single(_registrar.Bindings()));
        Assert.Equal(octets, binding.MemoryOctets);
        _registrar.Register("Contact: <sip:1@h>", 1, callId: "once-more");
        Assert.Equal(octets + 4, Assert.Single(_registrar.Bindings()).MemoryOctets);
    }

    [Fact]
    public void A_Call_ID_counts_among_the_octets_of_its_user()
    {
        Assert.Equal(200, _registrar.Register("Contact: <sip:1@h>", 1, callId: new string('c', 300)).Status);
        var refused = _registrar.Register("Contact: <sip:2@h>", 1, callId: new string('d', 300));
        Assert.Equal((403, "sip:1@h"), (refused.Status, Assert.Single(_registrar.Targets())));
        Assert.Equal(200, _registrar.Register("Contact: <sip:2@h>", 1).Status);
    }

    [Fact]
    public void A_Call_ID_beyond_what_a_binding_can_hold_gets_400()
    {
        var registrar = new RegistrarFixture(o => o.MaxContactOctetsPerAor = 1_000_000);
        Assert.Equal(200, registrar.Register("Contact: <sip:1@h>", 1, callId: new string('c', 32_768)).Status);
        Assert.Equal(400, registrar.Register("Contact: <sip:1@h>", 1, callId: new string('c', 32_769)).Status);
    }

    [Fact]
    public void What_a_binding_takes_in_memory_counts_its_Call_ID()
    {
        var flow = new Flow(PeerAddress.FromV4(0x7F000003, 5060), Transport.Udp, listener: 0);
        var without = new Binding("sip:b@h"u8, new BindingTexts("sip:1@h"u8, default, default), 1000, flow);
        var with = new Binding("sip:b@h"u8, new BindingTexts("sip:1@h"u8, default, default, "0123456789"u8), 1000, flow);
        Assert.Equal(10, with.MemoryOctets - without.MemoryOctets);
        Assert.Equal(10, with.Octets - without.Octets);
    }
}
