namespace ImsSipFast.Engine.Tests;

/// <summary>Asserts that code allocates nothing once it is warm.</summary>
internal static class AllocationAssert
{
    private const int MostRounds = 200;

    /// <summary>
    /// Runs <paramref name="round"/> until one run of it allocates nothing. The first ones run as unoptimised code, which boxes
    /// what optimised code does not, for as long as the compiler takes on a busy machine; and a collection that another test
    /// causes makes the counter jump.
    /// </summary>
    public static void None(Action round)
    {
        var allocated = 0L;
        for (var i = 0; i < MostRounds; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            round();
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (allocated == 0)
            {
                return;
            }
        }

        Assert.Fail($"{allocated} octets allocated in each of {MostRounds} rounds");
    }
}
