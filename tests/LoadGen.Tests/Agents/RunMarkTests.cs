using ImsSipFast.LoadGen.Agents;
using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Tests.Simulation;

namespace ImsSipFast.LoadGen.Tests.Agents;

/// <summary>Call-IDs and tags are unique in space and time (RFC 3261 §8.1.1.4, §19.3).</summary>
public sealed class RunMarkTests
{
    [Fact]
    public void Runs_of_the_same_plan_and_ports_have_marks_of_their_own()
    {
        // A mark has 20 bits: of 100 runs a pair may meet by chance, once in 200 such tests, but this seed is fixed.
        var marks = Enumerable.Range(0, 100).Select(run => Mark(7, (ulong)run)).Distinct();
        Assert.Equal(100, marks.Count());
    }

    [Fact]
    public void Runs_of_other_seeds_do_too() =>
        Assert.Equal(100, Enumerable.Range(0, 100).Select(seed => Mark((ulong)seed, 7)).Distinct().Count());

    [Fact]
    public void The_same_run_again_is_the_same_octets() => Assert.Equal(Mark(3, 4), Mark(3, 4));

    private static string Mark(ulong seed, ulong run)
    {
        var settings = new AgentSettings(Plans.Of(Profile.Call) with { Seed = seed }, ScriptedPeer.Calling, ScriptedPeer.Called, run);
        Span<byte> token = stackalloc byte[LoadGen.Wire.LegToken.Length];
        settings.Token.Write(token, 1);
        return System.Text.Encoding.ASCII.GetString(token);
    }
}
