namespace ImsSipFast.Perf.Gate;

/// <summary>What one benchmark came to.</summary>
/// <param name="Name">The benchmark.</param>
/// <param name="IsPassed">True when it allocates no more than is expected of it.</param>
/// <param name="Text">One line for whoever reads it.</param>
internal readonly record struct AllocationVerdict(string Name, bool IsPassed, string Text);

/// <summary>Compares what benchmarks allocate with what is expected of them: a pure function of both lists.</summary>
internal static class AllocationVerdicts
{
    /// <summary>
    /// A verdict for every name in either list, in their order: over its figure, without a figure and a figure without
    /// a benchmark fail. Octets an operation.
    /// </summary>
    public static IEnumerable<AllocationVerdict> Compare(IReadOnlyDictionary<string, long> expected, IReadOnlyDictionary<string, long> measured)
    {
        foreach (var name in expected.Keys.Union(measured.Keys).Order(StringComparer.Ordinal))
        {
            yield return (expected.TryGetValue(name, out var limit), measured.TryGetValue(name, out var allocated)) switch
            {
                (true, false) => new(name, false, $"{name}: expected {limit} B, but there is no such benchmark"),
                (false, _) => new(name, false, $"{name}: {allocated} B, but expected-allocations.json says nothing of it"),
                _ when allocated > limit => new(name, false, $"{name}: {allocated} B, more than {limit} B"),
                _ => new(name, true, $"{name}: {allocated} B"),
            };
        }
    }
}
