using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Scenarios;

namespace ImsSipFast.LoadGen.Tests.Scenarios;

public sealed class MixDrawTests
{
    private static readonly ProfileShare[] Mix = [new(Profile.Call, 5), new(Profile.Register, 3), new(Profile.Message, 2)];

    [Theory]
    [InlineData(100)]
    [InlineData(1000)]
    [InlineData(100_000)]
    public void Each_profile_comes_as_often_as_it_weighs(int attempts)
    {
        var draw = new MixDraw(Mix);
        var drawn = Enumerable.Range(0, attempts).Select(_ => draw.Next()).CountBy(static profile => profile).ToDictionary();
        Assert.All(Mix, share => Assert.InRange(drawn[share.Profile], (attempts * share.Weight / 10) - 3, (attempts * share.Weight / 10) + 3));
    }

    [Fact]
    public void No_profile_comes_in_a_long_row()
    {
        var draw = new MixDraw(Mix);
        var drawn = Enumerable.Range(0, 1000).Select(_ => draw.Next()).ToList();
        Assert.All(Enumerable.Range(0, 996), from => Assert.True(drawn[from..(from + 4)].Distinct().Count() > 1));
    }
}
