using System.Net;
using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Results;

namespace ImsSipFast.LoadGen.Tests.Net;

/// <summary>Real sockets on loopback, straight to the called side: the only tests of the generator that take real time.</summary>
public sealed class SocketRunTests
{
    private static readonly LoadPlan Direct = new()
    {
        Target = new(IPAddress.Loopback, 0),
        Domain = "example.com",
        Users = 10,
        Phases = [new("warm-up", TimeSpan.FromSeconds(0.5), 200, 200, false), new("measure", TimeSpan.FromSeconds(1), 200, 200, true)],
    };

    [Fact]
    public void A_run_makes_its_calls_and_reports_each_second()
    {
        var progress = new List<Sample>();
        var run = new LoadRun(Direct);
        run.Progress += progress.Add;
        var result = run.Run(TestContext.Current.CancellationToken);
        Assert.Equal([100, 200], result.Phases.Select(phase => phase.Attempts));
        Assert.Equal([100, 200], result.Phases.Select(phase => phase.Succeeded));
        Assert.True(progress.Count >= 1);
        Assert.Equal(progress, result.Samples);
        Assert.Equal(0, result.SelfCheck.KernelDrops);
        Assert.Equal(0, result.SelfCheck.SendFailures);
        Assert.True(result.SelfCheck.CpuMicrosecondsPerAttempt > 1);
        Assert.Same(Direct, result.Plan);
    }

    [Fact]
    public void An_IPv6_run_makes_its_calls()
    {
        Assert.SkipUnless(System.Net.Sockets.Socket.OSSupportsIPv6, "this machine has no IPv6");
        var result = new LoadRun(Direct with { Target = new(IPAddress.IPv6Loopback, 0), Domain = null }).Run(TestContext.Current.CancellationToken);
        Assert.Equal(200, result.Phases[1].Succeeded);
    }

    [Fact]
    public void A_run_that_is_stopped_ends_with_what_it_has()
    {
        using var stop = new CancellationTokenSource();
        var run = new LoadRun(Direct with { Phases = [new("long", TimeSpan.FromHours(1), 100, 100, true)] });
        run.Progress += _ => stop.Cancel();
        var result = run.Run(stop.Token);
        Assert.InRange(result.Phases[0].Succeeded, 1, 200);
        Assert.Equal(0, result.Phases[0].Failed);
    }

    [Fact]
    public async Task A_pool_makes_one_attempt_for_each_that_is_asked_for()
    {
        using var pool = new AgentPool(Direct);
        Assert.Empty(pool.WaitUntilReady(TestContext.Current.CancellationToken));
        for (var round = 0; round < 3; round++)
        {
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(async n => await pool.RunAsync(
                n % 2 == 0 ? Profile.Call : Profile.Message, TestContext.Current.CancellationToken)));
            Assert.All(outcomes, outcome => Assert.Null(outcome.Failure));
            Assert.All(outcomes, outcome => Assert.InRange(outcome.Elapsed, TimeSpan.FromMicroseconds(1), TimeSpan.FromSeconds(10)));
        }

        Assert.Equal("405", (await pool.RunAsync(Profile.Register, CancellationToken.None)).Failure);
    }

    [Fact]
    public async Task A_pool_that_is_closed_ends_what_is_under_way()
    {
        var pool = new AgentPool(Direct with { Call = new() { Hold = TimeSpan.FromHours(1) } });
        pool.WaitUntilReady(TestContext.Current.CancellationToken);
        var call = pool.RunAsync(Profile.Call, CancellationToken.None).AsTask();
        pool.Dispose();
        Assert.Equal("unfinished", (await call).Failure);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await pool.RunAsync(Profile.Call, CancellationToken.None));
    }
}
