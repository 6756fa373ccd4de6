using ImsSipFast.LoadGen.Agents;
using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Tests.Simulation;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Tests.Agents;

/// <summary>Users with several contacts.</summary>
public sealed class ForkTests
{
    [Fact]
    public void One_registration_names_every_contact()
    {
        var peer = new ScriptedPeer(Plans.Of(Profile.Fork) with { ForkContacts = 3 });
        peer.World.Begin(
            new Attempt { Profile = Profile.Register, Phase = 0, Due = 0, Local = 2, Number = 600, Flags = LegFlags.Fork, Side = Side.Called }, 0);
        var register = peer.Next("REGISTER");
        Assert.Equal("<sip:f0000002@example.com>", register["To"]);
        Assert.Equal(
            [.. Enumerable.Range(1, 3).Select(n => $"<sip:f0000002-{n}@192.0.2.10:6001>")], register.All("Contact"));
    }

    [Fact]
    public void One_contact_answers_and_the_others_ring_until_they_are_cancelled()
    {
        var peer = new ScriptedPeer(Plans.Of(Profile.Fork) with { ForkContacts = 3 });
        peer.Begin(Profile.Fork, LegFlags.Fork, number: 1);
        var invite = peer.Next("INVITE");
        Assert.Equal("sip:f0000002@example.com", invite.RequestUri);
        for (var n = 1; n <= 3; n++)
        {
            peer.Forward(invite, $"f0000002-{n}", "z9hG4bKbranch" + n);
        }

        Assert.Equal(["180", "180", "200", "180"], peer.Sent.Skip(1).Select(message => message.Text.What));
        Assert.Equal(3, peer.Sent.Skip(1).Select(message => message.Text.ToTag).Distinct().Count());
        Assert.Equal("<sip:f0000002-2@192.0.2.10:6001>", peer.Sent[3].Text["Contact"]);

        foreach (var n in new[] { 1, 3 })
        {
            peer.Deliver($"CANCEL sip:f0000002-{n}@192.0.2.10:6001 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKbranch{n}\r\n"
                + $"From: {invite["From"]}\r\nTo: {invite["To"]}\r\nCall-ID: {invite["Call-ID"]}\r\nCSeq: 1 CANCEL\r\nContent-Length: 0\r\n\r\n",
                Side.Called);
            Assert.Equal(["200", "487"], peer.Sent.TakeLast(2).Select(message => message.Text.What));
        }
    }

    [Fact]
    public void A_second_200_is_acknowledged_and_its_dialog_ended()
    {
        var peer = new ScriptedPeer(Plans.Of(Profile.Fork) with { Call = new() { Hold = TimeSpan.FromSeconds(1) } });
        peer.Begin(Profile.Fork, LegFlags.Fork);
        var invite = peer.Next("INVITE");
        peer.Deliver(invite.Respond("200 OK", "one", "Contact: <sip:f0000002-1@192.0.2.10:6001>\r\n"));
        peer.Next("ACK");
        var late = invite.Respond("200 OK", "two", "Contact: <sip:f0000002-2@192.0.2.10:6001>\r\n");
        peer.Deliver(late);
        var ack = peer.Next("ACK");
        var bye = peer.Next("BYE");
        foreach (var request in new[] { ack, bye })
        {
            Assert.Equal("sip:f0000002-2@192.0.2.10:6001", request.RequestUri);
            Assert.Equal("two", request.ToTag);
            Assert.Equal(invite.FromTag, request.FromTag);
        }

        peer.Deliver(late);
        peer.Next("ACK");
        peer.Silence();
        peer.Deliver(bye.Respond("200 OK"));
        peer.Pass(1000);
        bye = peer.Next("BYE");
        Assert.Equal("one", bye.ToTag);
        peer.Deliver(bye.Respond("200 OK"));
        Assert.Equal(1, peer.Counters.Succeeded);
        Assert.Equal(0, peer.World.Context.Legs.Live);
    }
}
