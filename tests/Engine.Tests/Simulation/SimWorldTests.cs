using System.Globalization;

namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>
/// A thousand worlds in every test run. A failure names its seed; run it alone with
/// <c>SIMWORLD_SEED=4711</c> and the test <see cref="SimWorldReplay"/>, or a range with <c>SIMWORLD_SEED=1000-4999</c>.
/// </summary>
public abstract class SimWorldSeeds
{
    private const int ChunkSize = 50;

    protected static void RunChunk(int first)
    {
        var hashes = new HashSet<ulong>();
        for (var seed = first; seed < first + ChunkSize; seed++)
        {
            Assert.True(hashes.Add(SimWorld.Run(seed).Log.Hash), $"seed {seed} gives the run of another seed");
        }

        // The same seed, the same events: every tick, address and octet.
        Assert.Contains(SimWorld.Run(first).Log.Hash, hashes);
    }

    protected static TheoryData<int> Chunks(int first, int count) => [.. Enumerable.Range(0, count).Select(i => first + (i * ChunkSize))];
}

/// <summary>Seeds 0 to 499; a class of its own so that the two halves run side by side.</summary>
public sealed class SimWorldFirstHalf : SimWorldSeeds
{
    public static TheoryData<int> Starts => Chunks(0, 10);

    [Theory]
    [MemberData(nameof(Starts))]
    public void Fifty_worlds_keep_to_the_RFCs_from_seed(int first) => RunChunk(first);
}

/// <summary>Seeds 500 to 999.</summary>
public sealed class SimWorldSecondHalf : SimWorldSeeds
{
    public static TheoryData<int> Starts => Chunks(500, 10);

    [Theory]
    [MemberData(nameof(Starts))]
    public void Fifty_worlds_keep_to_the_RFCs_from_seed(int first) => RunChunk(first);
}

/// <summary>One seed, or a range, named by <c>SIMWORLD_SEED</c>.</summary>
public sealed class SimWorldReplay
{
    [Fact]
    public void The_world_of_a_seed_is_the_same_each_time()
    {
        string[] range = (Environment.GetEnvironmentVariable("SIMWORLD_SEED") ?? "1").Split('-');
        var (first, last) = (int.Parse(range[0], CultureInfo.InvariantCulture), int.Parse(range[^1], CultureInfo.InvariantCulture));
        var faults = new List<string>();
        for (var seed = first; seed <= last; seed++)
        {
            try
            {
                var world = SimWorld.Run(seed);
                Assert.Equal(world.Log.Hash, SimWorld.Run(seed).Log.Hash);
            }
            catch (Xunit.Sdk.XunitException fault)
            {
                faults.Add(fault.Message);
            }
        }

        Assert.True(faults.Count == 0, $"{faults.Count} of {last - first + 1} seeds failed:\n{string.Join("\n\n", faults.Take(10))}");
    }
}
