namespace ImsSipFast.Engine.Tests.Registrar;

/// <summary>What happens at each limit, and that nothing is half done there.</summary>
public sealed class RegistrarLimitsTests
{
    [Fact]
    public void One_binding_too_many_for_an_address_of_record_gets_403()
    {
        var registrar = new RegistrarFixture(o => o.MaxBindingsPerAor = 2);
        Assert.Equal(200, registrar.Register("Contact: <sip:1@h>, <sip:2@h>", 1).Status);

        var reply = registrar.Register("Contact: <sip:3@h>", 2);
        Assert.Equal(403, reply.Status);
        Assert.StartsWith("SIP/2.0 403 Too Many Contacts\r\n", reply.Text, StringComparison.Ordinal);
        Assert.Equal(["sip:1@h", "sip:2@h"], registrar.Targets());

        // A change at the limit, and one out for one in, are no more than the limit.
        Assert.Equal(200, registrar.Register("Contact: <sip:2@h>;q=0.1", 3).Status);
        Assert.Equal(200, registrar.Register("Contact: <sip:1@h>;expires=0, <sip:3@h>", 4).Status);
        Assert.Equal(["sip:3@h", "sip:2@h"], registrar.Targets());
        Assert.Equal(2, registrar.Location.Bindings);
        Assert.Equal(403, registrar.Register("Contact: <sip:4@h>, <sip:5@h>, <sip:6@h>", 5).Status);
    }

    [Fact]
    public void One_binding_too_many_in_all_gets_503_with_Retry_After()
    {
        var registrar = new RegistrarFixture(o => o.MaxBindings = 2);
        registrar.Register("Contact: <sip:1@h>", 1, to: "<sip:a@home.test>");
        Assert.Equal(503, registrar.Register("Contact: <sip:2@h>, <sip:3@h>", 1).Status);
        Assert.Equal(200, registrar.Register("Contact: <sip:2@h>", 2).Status);

        var reply = registrar.Register("Contact: <sip:1@h>", 1, to: "<sip:c@home.test>");
        Assert.Equal(503, reply.Status);
        Assert.NotNull(reply.Header("Retry-After"));
        Assert.Empty(registrar.Targets("sip:c@home.test"));

        // Refreshing and removing need no room, and removing makes some.
        Assert.Equal(200, registrar.Register("Contact: <sip:2@h>", 3).Status);
        Assert.Equal(200, registrar.Register("Contact: *\nExpires: 0", 4).Status);
        Assert.Equal(200, registrar.Register("Contact: <sip:1@h>", 2, to: "<sip:c@home.test>").Status);
        Assert.Equal(2, registrar.Location.Bindings);
    }

    [Fact]
    public void Too_long_a_contact_or_path_gets_400()
    {
        var registrar = new RegistrarFixture(o => o.MaxContactLength = 64);
        var user = new string('u', 64 - "sip:@h".Length);
        Assert.Equal(200, registrar.Register($"Contact: <sip:{user}@h>", 1).Status);
        Assert.Equal(400, registrar.Register($"Contact: <sip:u{user}@h>", 2).Status);
        Assert.Equal(400, registrar.Register($"Contact: <sip:{user}@h>;x", 3).Status);
        Assert.Equal(400, registrar.Register($"Contact: <sip:b@h>\nPath: <sip:{user}@h;lr>", 4).Status);
        Assert.Equal(400, registrar.Register("Contact: <sip:b@h>\nPath: <sip:p1.home.test;lr>, <sip:p2.home.test;lr>, <sip:p3.home.test;lr>", 5).Status);
        Assert.Equal([$"sip:{user}@h"], registrar.Targets());
    }

    [Fact]
    public void A_response_that_does_not_fit_leaves_everything_as_it_was()
    {
        var registrar = new RegistrarFixture(responseCapacity: 400);
        Assert.Equal(200, registrar.Register("Contact: <sip:1@h>", 1).Status);

        var headers = "Contact: <sip:1@h>;expires=0\nContact: " + string.Join(", ", Enumerable.Range(2, 12).Select(i => $"<sip:{i}@h>"));
        var reply = registrar.Register(headers, 2);
        Assert.True(reply.Overflowed);
        Assert.Equal(500, reply.Verdict.StatusCode);
        Assert.Equal(["sip:1@h"], registrar.Targets());
        Assert.Equal(1, registrar.Location.Bindings);
        Assert.Equal(1, registrar.Wheel.Count);
    }

    [Fact]
    public void An_address_of_record_of_another_partition_is_never_touched()
    {
        var other = Enumerable.Range(0, 2).Single(p => new RegistrarFixture(partitions: 2).Location.PartitionOf(RegistrarFixture.Key(RegistrarFixture.B)) != p);
        var registrar = new RegistrarFixture(partitions: 2, partition: other);
        Assert.Equal(500, registrar.Register("Contact: <sip:1@h>", 1).Status);
        Assert.Empty(registrar.Targets());
    }

    [Fact]
    public void The_default_interval_is_within_what_the_registrar_grants()
    {
        var brief = new RegistrarFixture(o => (o.DefaultExpires, o.MinExpires) = (10, 120));
        Assert.Equal(["<sip:1@h>;expires=120"], brief.Register("Contact: <sip:1@h>", 1).Contacts);
        var shortened = new RegistrarFixture(o => (o.DefaultExpires, o.MaxExpires) = (3600, 600));
        Assert.Equal(["<sip:1@h>;expires=600"], shortened.Register("Contact: <sip:1@h>", 1).Contacts);
    }
}
