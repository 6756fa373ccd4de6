using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Agents;

/// <summary>The plan as the user agents need it: addresses known, times in microseconds.</summary>
internal sealed class AgentSettings
{
    /// <param name="plan">The plan.</param>
    /// <param name="calling">Where the calling side is bound.</param>
    /// <param name="called">Where the called side is bound.</param>
    /// <param name="run">
    /// Another number for each run: Call-IDs and branches are unique in space and time (RFC 3261 §8.1.1.4), or a proxy
    /// takes a run for the retransmissions of the one before.
    /// </param>
    public AgentSettings(LoadPlan plan, Peer calling, Peer called, ulong run = 0)
    {
        Plan = plan;
        Target = Peer.From(plan.Target);
        T1 = (int)(plan.T1.Ticks / TimeSpan.TicksPerMicrosecond);
        T2 = (int)(plan.T2.Ticks / TimeSpan.TicksPerMicrosecond);
        Ring = plan.Call.Ring.Ticks / TimeSpan.TicksPerMicrosecond;
        Hold = plan.Call.Hold.Ticks / TimeSpan.TicksPerMicrosecond;
        var domain = plan.Domain ?? HostOf(plan.Target.ToString());
        Requests = [Templates(calling, 'a'), Templates(called, 'b')];
        Responses = [new(calling.ToString()), new(called.ToString())];
        RegistrarUri = new($"sip:{domain}");
        CalledUri = new($"sip:b{{Remote}}@{domain}");
        ForkUri = new($"sip:f{{Remote}}@{domain}");
        Token = new(new Schedule.Chance(plan.Seed ^ run ^ ((ulong)calling.Port << 48) ^ ((ulong)called.Port << 32)).Next());

        RequestTemplates Templates(Peer side, char user) => new(side.ToString(), domain, user, plan.ForkContacts, plan.MessageBytes);
    }

    public LoadPlan Plan { get; }

    public Peer Target { get; }

    /// <summary>Microseconds.</summary>
    public int T1 { get; }

    /// <summary>Microseconds.</summary>
    public int T2 { get; }

    /// <summary>Microseconds from 180 to 200.</summary>
    public long Ring { get; }

    /// <summary>Microseconds from ACK to BYE.</summary>
    public long Hold { get; }

    /// <summary>By side.</summary>
    public RequestTemplates[] Requests { get; }

    /// <summary>By side.</summary>
    public ResponseTemplates[] Responses { get; }

    /// <summary>The Request-URI of a REGISTER.</summary>
    public Template RegistrarUri { get; }

    /// <summary>The Request-URI of other requests outside a dialog.</summary>
    public Template CalledUri { get; }

    /// <summary>The same for a user with several contacts.</summary>
    public Template ForkUri { get; }

    public LegToken Token { get; }

    private static string HostOf(string endPoint) => endPoint[..endPoint.LastIndexOf(':')];
}
