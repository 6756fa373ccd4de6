using System.Text.Json;
using ImsSipFast.Perf.Gate;

namespace ImsSipFast.Tidy;

/// <summary>The gate of perf/expected-allocations.json can fail, and for each of its reasons.</summary>
public sealed class AllocationVerdictsTests
{
    [Theory]
    [InlineData(0, 0, true, "Parse: 0 B")]
    [InlineData(64, 64, true, "Parse: 64 B")]
    [InlineData(64, 40, true, "Parse: 40 B")]
    [InlineData(0, 1, false, "Parse: 1 B, more than 0 B")]
    [InlineData(64, 65, false, "Parse: 65 B, more than 64 B")]
    public void A_benchmark_may_allocate_its_figure_and_no_octet_more(long expected, long measured, bool isPassed, string text)
    {
        var verdict = Assert.Single(AllocationVerdicts.Compare(Figures(("Parse", expected)), Figures(("Parse", measured))));
        Assert.Equal(new AllocationVerdict("Parse", isPassed, text), verdict);
    }

    [Fact]
    public void A_benchmark_without_a_figure_fails_even_when_it_allocates_nothing()
    {
        var verdict = Assert.Single(AllocationVerdicts.Compare(Figures(), Figures(("Scan", 0))));
        Assert.Equal((false, "Scan: 0 B, but expected-allocations.json says nothing of it"), (verdict.IsPassed, verdict.Text));
    }

    [Fact]
    public void A_figure_without_a_benchmark_fails()
    {
        var verdict = Assert.Single(AllocationVerdicts.Compare(Figures(("Gone", 0)), Figures()));
        Assert.Equal((false, "Gone: expected 0 B, but there is no such benchmark"), (verdict.IsPassed, verdict.Text));
    }

    [Fact]
    public void Every_name_of_either_list_gets_one_verdict()
    {
        var verdicts = AllocationVerdicts.Compare(Figures(("A", 0), ("B", 8), ("C", 0)), Figures(("D", 0), ("C", 0), ("B", 9)));
        Assert.Equal([("A", false), ("B", false), ("C", true), ("D", false)], verdicts.Select(static verdict => (verdict.Name, verdict.IsPassed)));
    }

    [Fact]
    public void What_a_message_costs_is_expected_to_be_nothing()
    {
        var path = Path.Combine(SourceFile.RepositoryRoot, "perf", "expected-allocations.json");
        var expected = JsonSerializer.Deserialize<Dictionary<string, long>>(File.ReadAllText(path))!;

        // A new binding stays: it is what a user costs, not what a message costs.
        Assert.All(expected.Where(static figure => figure.Value > 0), static figure => Assert.StartsWith("Registrar.Location.Bind(", figure.Key));
        Assert.Contains(expected.Keys, static name => name.StartsWith("Shards.", StringComparison.Ordinal));
    }

    private static Dictionary<string, long> Figures(params (string Name, long Octets)[] figures) =>
        figures.ToDictionary(static figure => figure.Name, static figure => figure.Octets);
}
