using ImsSipFast.LoadGen.Metrics;
using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Results;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Agents.Flows;

/// <summary>One request and its final response: REGISTER, MESSAGE, OPTIONS.</summary>
internal sealed class RequestFlow(AgentContext context) : Flow(context)
{
    public override void Begin(ref Leg leg) => Context.Clients.Start(ref leg, MethodOf(leg), leg.Due);

    public override void Final(ref Leg leg, scoped in SipView response)
    {
        if (response.Status >= 300)
        {
            Fail(ref leg, new(leg.Method, response.Status));
            return;
        }

        var measure = leg.Kind == LegKind.Registration ? Measure.RegistrationRequestDelay : Measure.RequestDelay;
        Context.Metrics.Record(leg.Phase, measure, Context.Now - leg.Due);
        Context.Outcomes.Succeed(ref leg);
    }

    public override void TimedOut(ref Leg leg) => Fail(ref leg, new(leg.Method, Cause.Timeout));

    private void Fail(ref Leg leg, Cause cause)
    {
        if (leg.Kind == LegKind.Registration && cause.Code is >= 400 and not (401 or 402 or 407))
        {
            Context.Metrics.Of(leg.Phase).Registrations.Ineffective++;
        }

        Context.Outcomes.Fail(ref leg, cause);
    }

    private static Method MethodOf(in Leg leg) => leg.Profile switch
    {
        Profile.Message => Method.Message,
        Profile.Options => Method.Options,
        _ => Method.Register,
    };
}
