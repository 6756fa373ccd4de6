using ImsSipFast.LoadGen.Planning;

namespace ImsSipFast.LoadGen.Scenarios;

/// <summary>Which profile comes next: each as often as it weighs, evenly mixed, the same in every run; from any thread.</summary>
internal sealed class MixDraw(IReadOnlyList<ProfileShare> mix)
{
    // The multiples of the golden ratio, modulo 1, fill the interval evenly however many there are.
    private const double GoldenRatio = 0.6180339887498949;

    private readonly double _sum = mix.Sum(static share => share.Weight);
    private int _drawn;

    /// <summary>The next one.</summary>
    public Profile Next()
    {
        var left = (uint)Interlocked.Increment(ref _drawn) * GoldenRatio % 1 * _sum;
        foreach (var share in mix)
        {
            left -= share.Weight;
            if (left < 0)
            {
                return share.Profile;
            }
        }

        return mix[^1].Profile;
    }
}
