using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Field;

/// <summary>Reports about what a proxy does with a message, whatever the network.</summary>
public sealed class ProxyRules : FieldTest
{
    /// <summary>With our Route the SUBSCRIBE was record-routed, and the NOTIFY, which may be what makes the dialog, is too.</summary>
    [Fact]
    public void A_NOTIFY_with_our_Route_gets_a_Record_Route()
    {
        var text = new FieldExchange("notify-without-route").Read(1);
        _ = Caller;
        Send(text.Replace("Max-Forwards: 70\r\n", $"Max-Forwards: 70\r\nRoute: <sip:{ProxyAddress};lr>\r\n", StringComparison.Ordinal), Callee);
        var atCaller = Caller.Expect("NOTIFY");
        Assert.Single(atCaller.All("Record-Route"));
        Assert.False(atCaller.Has("Route"));
    }
}
