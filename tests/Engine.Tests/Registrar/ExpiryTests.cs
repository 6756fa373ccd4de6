namespace ImsSipFast.Engine.Tests.Registrar;

/// <summary>Bindings on the wheel.</summary>
public sealed class ExpiryTests
{
    private readonly RegistrarFixture _registrar = new();

    [Fact]
    public void Bindings_of_one_address_of_record_that_expire_together_are_one_line()
    {
        _registrar.Register("Contact: <sip:1@h>;expires=60, <sip:2@h>;expires=60, <sip:3@h>;expires=90", 1, to: "<sip:1001@home.test>");
        _registrar.Register("Contact: <sip:4@h>;expires=60", 1, to: "<sip:1002@home.test>");

        Assert.Equal(["2 for sip:1001@home.test", "1 for sip:1002@home.test"], _registrar.Advance(60));
        Assert.Equal(["sip:3@h"], _registrar.Targets("sip:1001@home.test"));
        Assert.Equal(["1 for sip:1001@home.test"], _registrar.Advance(30));
        Assert.Equal(4, _registrar.Metrics.BindingsExpired);
        Assert.Equal(0, _registrar.Metrics.BindingsAlive);
        Assert.Equal(0, _registrar.Location.Bindings);
        Assert.Equal(0, _registrar.Wheel.Count);
        Assert.False(_registrar.Location.Lookup(RegistrarFixture.Key("sip:1001@home.test"), out _));
    }

    [Fact]
    public void A_refresh_moves_the_expiry()
    {
        _registrar.Register("Contact: <sip:1@h>;expires=60", 1);
        _registrar.Advance(59);
        _registrar.Register("Contact: <sip:1@h>;expires=60", 2);
        Assert.Empty(_registrar.Advance(59));
        Assert.Equal(["sip:1@h"], _registrar.Targets());
        Assert.Equal(["1 for sip:b@home.test"], _registrar.Advance(1));
    }

    [Fact]
    public void A_refresh_may_shorten()
    {
        _registrar.Register("Contact: <sip:1@h>;expires=3600", 1);
        _registrar.Register("Contact: <sip:1@h>;expires=60", 2);
        Assert.Equal(["1 for sip:b@home.test"], _registrar.Advance(60));
    }

    [Fact]
    public void A_reader_never_sees_an_expired_binding_though_the_wheel_has_not_come_to_it()
    {
        _registrar.Register("Contact: <sip:1@h>;expires=60, <sip:2@h>;expires=61", 1);
        Assert.True(_registrar.Location.Lookup(RegistrarFixture.Key(RegistrarFixture.B), out var set));

        var live = 0;
        foreach (var binding in set.Live(60_000))
        {
            live++;
            Assert.Equal("sip:2@h"u8, binding.ContactUri);
        }

        Assert.Equal(1, live);
        Assert.Equal(2, set.Count);
    }

    [Fact]
    public void An_expired_binding_is_no_binding_to_a_REGISTER_that_comes_before_its_timer()
    {
        _registrar.Register("Contact: <sip:1@h>;expires=60", 5);
        _registrar.Now += 60_000;
        var reply = _registrar.Register("Contact: <sip:1@h>;expires=60", 1);

        // Its Call-ID and CSeq bind nobody any more.
        Assert.Equal(200, reply.Status);
        Assert.Equal(1, _registrar.Metrics.BindingsExpired);
        Assert.Equal(1, _registrar.Location.Bindings);
        Assert.Equal(1, _registrar.Wheel.Count);
    }
}
