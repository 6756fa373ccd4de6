using ImsSipFast.LoadGen.Driver.Options;
using ImsSipFast.LoadGen.Planning;
using NBomber.Contracts;
using NBomber.CSharp;

namespace ImsSipFast.LoadGen.Scenarios;

/// <summary>
/// A profile, or a mix of them, as a scenario: one iteration is one attempt of the user agents. In a mix every profile is
/// a step, so that the report shows each by itself.
/// </summary>
internal sealed class AgentScenario(ScenarioRequest request, AgentPool pool, CancellationToken stop)
{
    private readonly MixDraw _draw = new(request.Plan.Mix);
    private readonly bool _isMix = request.Plan.Mix.Count > 1;
    private long _begun;

    /// <summary>Attempts begun, without those of the warm-up.</summary>
    public long Begun => Interlocked.Read(ref _begun);

    /// <summary>As NBomber takes it.</summary>
    public ScenarioProps Build()
    {
        Func<IScenarioContext, Task<IResponse>> attempt = AttemptAsync;
        var scenario = Scenario.Create(request.Name, attempt)
            .WithLoadSimulations(LoadShape.Simulations(request.Plan))
            // A failure is a figure, no reason to end an iteration by an exception or the run after 5,000 of them.
            .WithRestartIterationOnFail(false)
            .WithMaxFailCount(int.MaxValue);
        var warmUp = LoadShape.WarmUp(request.Plan);
        return warmUp > TimeSpan.Zero ? scenario.WithWarmUpDuration(warmUp) : scenario.WithoutWarmUp();
    }

    private async Task<IResponse> AttemptAsync(IScenarioContext context)
    {
        if (context.ScenarioInfo.ScenarioOperation == ScenarioOperation.Bombing)
        {
            Interlocked.Increment(ref _begun);
        }

        var profile = _draw.Next();
        var response = _isMix ? await Step.Run(ProfileTerms.NameOf(profile), context, () => AskAsync(profile)) : await AskAsync(profile);
        if (stop.IsCancellationRequested)
        {
            context.StopCurrentTest("stopped by a signal");
        }

        return response;
    }

    private async Task<Response<object>> AskAsync(Profile profile)
    {
        var outcome = await pool.RunAsync(profile, CancellationToken.None);
        return outcome.Failure is { } cause ? Response.Fail(statusCode: cause, message: cause) : Response.Ok(statusCode: AsItShould(profile));
    }

    /// <summary>The final response of an attempt that goes as its profile says.</summary>
    private static string AsItShould(Profile profile) => profile switch
    {
        Profile.Busy => "486",
        Profile.Cancel => "487",
        _ => "200",
    };
}
