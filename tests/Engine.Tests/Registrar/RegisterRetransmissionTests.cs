namespace ImsSipFast.Engine.Tests.Registrar;

/// <summary>A REGISTER has no transaction here: the bindings themselves tell a retransmission from a second request.</summary>
public sealed class RegisterRetransmissionTests
{
    private readonly RegistrarFixture _registrar = new();

    [Theory]
    [InlineData("Contact: <sip:1@h>;q=0.5, <sip:2@h>")]
    [InlineData("Contact: <sip:1@h>\nContact: <sip:old@h>;expires=0")]
    [InlineData("Contact: <sip:old@h>;expires=0")]
    [InlineData("Contact: *\nExpires: 0")]
    [InlineData("")]
    public void The_same_request_gets_the_same_200_again(string headers)
    {
        _registrar.Register("Contact: <sip:old@h>", 1);
        var request = _registrar.Request(headers, 2);
        var first = _registrar.Send(request);
        var again = _registrar.Send(request);

        Assert.Equal(200, first.Status);
        Assert.Equal(first.Text, again.Text);
    }

    [Fact]
    public void A_retransmission_does_not_lengthen_a_binding()
    {
        var request = _registrar.Request("Contact: <sip:1@h>;expires=100", 1);
        _registrar.Send(request);
        _registrar.Advance(32);

        Assert.Equal(["<sip:1@h>;expires=68"], _registrar.Send(request).Contacts);
        _registrar.Advance(68);
        Assert.Empty(_registrar.Targets());
    }

    [Fact]
    public void A_late_retransmission_does_not_undo_what_came_after_it()
    {
        var request = _registrar.Request("Contact: <sip:1@h>, <sip:2@h>", 1);
        _registrar.Send(request);
        _registrar.Register("Contact: <sip:2@h>;q=0.5", 2);
        _registrar.Register("Contact: <sip:3@h>", 1, callId: "other");

        var reply = _registrar.Send(request);
        Assert.Equal(200, reply.Status);
        Assert.Equal(["sip:1@h", "sip:3@h", "sip:2@h"], _registrar.Targets());
        Assert.Equal(3, reply.Contacts.Length);
    }

    [Fact]
    public void Another_request_with_the_same_CSeq_is_no_retransmission()
    {
        _registrar.Register("Contact: <sip:1@h>;expires=100", 1, branch: "one");
        Assert.Equal(500, _registrar.Register("Contact: <sip:1@h>;expires=200", 1, branch: "two").Status);
        Assert.Equal(["<sip:1@h>;expires=100"], _registrar.Register("", 2).Contacts);
    }
}
