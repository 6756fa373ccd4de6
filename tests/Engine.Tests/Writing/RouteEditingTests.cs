using static ImsSipFast.Engine.Tests.Writing.WritingBench;

namespace ImsSipFast.Engine.Tests.Writing;

/// <summary>Route values taken off, put on top and put to the end: RFC 3261 §16.4, §16.6 step 6, RFC 3327 §5.3.</summary>
public sealed class RouteEditingTests
{
    private const string One = "<sip:p1.test;lr>";
    private const string Two = "\"P, \\\" 2\" <sip:p2.test;lr;x=\"a,b\">;y=\"c,d\"";
    private const string Three = "<sip:p3.test;lr>";

    /// <summary>The Route fields as they came, how many values go, and the fields as they leave.</summary>
    public static TheoryData<string[], int, string[]> Removals => new()
    {
        { [$"Route: {One}"], 1, [] },
        { [$"Route: {One}", $"Route: {Two}"], 1, [$"Route: {Two}"] },
        { [$"Route: {One}, {Two}, {Three}"], 1, [$"Route: {Two}, {Three}"] },
        { [$"Route: {Two},{One}"], 1, [$"Route: {One}"] },
        { [$"Route: {One}, {Two}", $"Route: {Three}"], 2, [$"Route: {Three}"] },
        { [$"Route: {One}, {Two}", $"Route: {Three}"], 1, [$"Route: {Two}", $"Route: {Three}"] },
        { [$"Route: {One}", $"Route: {Two}, {Three}"], 2, [$"Route: {Three}"] },
        { [$"Route: {One}, {Two}", $"Route: {Three}"], 3, [] },
        // Folds, white space and empty elements of a list count for nothing.
        { [$"ROUTE :\r\n {One}\r\n\t, {Two}"], 1, [$"Route: {Two}"] },
        { [$"Route: , {One} , ,{Two}"], 1, [$"Route: {Two}"] },
        { ["Route: sip:bare.test;lr", $"Route: {Two}"], 1, [$"Route: {Two}"] },
    };

    [Theory]
    [MemberData(nameof(Removals))]
    public void Values_are_taken_off_the_top(string[] came, int removed, string[] left) =>
        Assert.Equal(Expected(left), Forward(Request(came), new Edits { RoutesRemoved = removed }));

    [Theory]
    [InlineData("Route: <sip:p1.test;lr>, <sip:p2.test;lr>")]
    [InlineData("route\t: \r\n <sip:p1.test;lr> ,<sip:p2.test;lr> \r\nX: 1\r\nRoute:<sip:p3.test>")]
    public void What_is_not_touched_stays_octet_for_octet(string came) => Assert.Equal(Expected([came]), Forward(Request([came])));

    [Fact]
    public void Fields_between_two_Routes_stay_between_them() =>
        Assert.Equal(Expected(["X: 1", $"Route: {Two}", "Y: 2"]), Forward(Request([$"Route: {One}", "X: 1", $"Route: {Two}", "Y: 2"]), new Edits { RoutesRemoved = 1 }));

    [Fact]
    public void The_last_value_is_taken_off_when_it_has_become_the_Request_URI()
    {
        // RFC 3261 §16.4 ¶1: a strict router put our Record-Route into the Request-URI.
        var edits = new Edits { LastRouteRemoved = true, RequestUri = "sip:b@far.test" };
        Assert.Equal(Expected([$"Route: {One}"], "sip:b@far.test"), Forward(Request([$"Route: {One}, <sip:b@far.test>"]), edits));
        Assert.Equal(Expected([$"Route: {One}"], "sip:b@far.test"), Forward(Request([$"Route: {One}", "Route: <sip:b@far.test>"]), edits));
        Assert.Equal(Expected([], "sip:b@far.test"), Forward(Request(["Route: <sip:b@far.test>"]), edits));
        Assert.Equal(Expected([], "sip:b@far.test"), Forward(Request([$"Route: {One}, <sip:b@far.test>"]), edits with { RoutesRemoved = 1 }));
        Assert.Equal(Expected([$"Route: {Two}"], "sip:b@far.test"), Forward(Request([$"Route: {One}, {Two}", "Route: <sip:b@far.test>"]), edits with { RoutesRemoved = 1 }));
    }

    [Fact]
    public void A_path_goes_on_top()
    {
        var edits = new Edits { RoutesAdded = "<sip:edge.test;lr>, <sip:core.test;lr>" };
        Assert.Equal(
            Expected(["Route: <sip:edge.test;lr>, <sip:core.test;lr>", $"Route: {One}, {Two}"]), Forward(Request([$"Route: {One}, {Two}"]), edits));
        Assert.Equal(
            Expected(["Route: <sip:edge.test;lr>, <sip:core.test;lr>", $"Route: {Two}"]),
            Forward(Request([$"Route: {One}", $"Route: {Two}"]), edits with { RoutesRemoved = 1 }));
        Assert.Equal(
            Expected(["Route: <sip:edge.test;lr>, <sip:core.test;lr>"]), Forward(Request([$"Route: {One}"]), edits with { RoutesRemoved = 1 }));
    }

    [Fact]
    public void The_Request_URI_goes_to_the_end_for_a_strict_router()
    {
        var edits = new Edits { RouteAppended = "sip:b@y;x=1", RequestUri = "sip:p1.test" };
        Assert.Equal(
            Expected([$"Route: {Two}", "Route: <sip:b@y;x=1>"], "sip:p1.test"),
            Forward(Request([$"Route: {One}", $"Route: {Two}"]), edits with { RoutesRemoved = 1 }));
        Assert.Equal(
            Expected(["Route: <sip:b@y;x=1>"], "sip:p1.test"), Forward(Request([$"Route: {One}"]), edits with { RoutesRemoved = 1 }));
        Assert.Equal(
            Expected([$"Route: {Two}, {Three}", "Route: <sip:b@y;x=1>"], "sip:p1.test"),
            Forward(Request([$"Route: {One}, {Two}, {Three}"]), edits with { RoutesRemoved = 1 }));
    }

    private static string Request(string[] routes) => Message("sip:b@y", "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa", "Max-Forwards: 70", routes);

    private static string Expected(string[] routes, string uri = "sip:b@y") =>
        Message(uri, $"{OwnVia}\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa", "Max-Forwards: 69", routes);

    private static string Message(string uri, string via, string maxForwards, string[] routes) => Lines(
        [$"BYE {uri} SIP/2.0", via, maxForwards, .. routes, "From: <sip:a@x>;tag=1", "To: <sip:b@y>;tag=2", "Call-ID: c", "CSeq: 2 BYE", "Content-Length: 0"]);
}
