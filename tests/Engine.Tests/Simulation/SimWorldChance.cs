namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>All chance of a world comes from its seed, through streams that do not disturb one another.</summary>
internal sealed class SimWorldChance(int seed, int stream)
{
    private readonly Random _random = new(Mix(((ulong)seed << 8) + (ulong)stream));

    /// <summary>True with that probability. Nothing is drawn for a certain outcome.</summary>
    public bool Is(double probability) => probability > 0 && (probability >= 1 || _random.NextDouble() < probability);

    /// <summary>A number between the two, both included.</summary>
    public int Between(int least, int most) => _random.Next(least, most + 1);

    public T Pick<T>(IReadOnlyList<T> of) => of[_random.Next(of.Count)];

    /// <summary>One of the values by its weight.</summary>
    public T Weighted<T>(params (int Weight, T Value)[] of)
    {
        var at = _random.Next(of.Sum(static o => o.Weight));
        foreach (var (weight, value) in of)
        {
            at -= weight;
            if (at < 0)
            {
                return value;
            }
        }

        return of[^1].Value;
    }

    public void Fill(byte[] octets) => _random.NextBytes(octets);

    // SplitMix64: neighbouring seeds shall be strangers.
    private static int Mix(ulong value)
    {
        value = unchecked(value * 0x9E37_79B9_7F4A_7C15);
        value = unchecked((value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9);
        value = unchecked((value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB);
        return (int)(value >> 33);
    }
}
