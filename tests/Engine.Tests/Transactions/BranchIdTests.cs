using System.Text;
using CsCheck;
using ImsSipFast.Engine.Transactions;

namespace ImsSipFast.Engine.Tests.Transactions;

/// <summary>Branches of ours: unique (RFC 3261 §8.1.1.7), read back as written, and no other text taken for one.</summary>
public sealed class BranchIdTests
{
    private const int Million = 1_000_000;

    [Fact]
    public void A_million_branches_are_a_million_different_ones()
    {
        var layer = new LayerBench(secret: 0x0123_4567_89AB_CDEF).Layer;
        var values = new ulong[Million];
        for (var i = 0; i < values.Length; i++)
        {
            // The loop half tells nothing apart: all of these take the same way.
            values[i] = layer.NextBranch(loop: 42).Unique;
        }

        Array.Sort(values);
        var repeated = 0;
        for (var i = 1; i < values.Length; i++)
        {
            repeated += values[i - 1] == values[i] ? 1 : 0;
        }

        Assert.Equal(0, repeated);
    }

    [Fact]
    public void Two_shards_and_two_runs_use_different_branches()
    {
        // Shards of one process, and one process after another, differ in their secret only.
        var seen = new HashSet<ulong>();
        var made = 0;
        foreach (var secret in (ulong[])[0, 1, 2, 0x8000_0000_0000_0000, ulong.MaxValue])
        {
            var layer = new LayerBench(secret).Layer;
            for (var i = 0; i < 100_000; i++, made++)
            {
                seen.Add(layer.NextBranch(0).Unique);
            }
        }

        Assert.Equal(made, seen.Count);
    }

    [Fact]
    public void The_next_branch_does_not_show_in_the_last_one()
    {
        // Half of the bits change from one to the next, so nobody reads a counter out of them.
        var layer = new LayerBench(secret: 7).Layer;
        var last = layer.NextBranch(0).Unique;
        var flips = 0L;
        for (var i = 0; i < 10_000; i++)
        {
            var next = layer.NextBranch(0).Unique;
            flips += System.Numerics.BitOperations.PopCount(last ^ next);
            last = next;
        }

        Assert.InRange(flips / 10_000.0, 31, 33);
    }

    [Fact]
    public void A_branch_is_read_back_as_written() =>
        Gen.Select(Gen.ULong, Gen.ULong, Gen.Bool).Sample((unique, loop, upper) =>
        {
            var branch = new BranchId(unique, loop);
            var text = LayerBench.Text(branch);
            Assert.Equal(BranchId.Length, text.Length);
            Assert.StartsWith("z9hG4bK", text);
            Assert.True(BranchId.TryParse(Encoding.ASCII.GetBytes(upper ? text.ToUpperInvariant() : text), out var read));
            Assert.Equal(branch, read);
            Assert.False(BranchId.TryParseStateless(Encoding.ASCII.GetBytes(text), out _));
        });

    [Fact]
    public void A_stateless_branch_is_read_back_as_written() =>
        Gen.ULong.Sample(derived =>
        {
            var octets = new byte[BranchId.StatelessLength];
            Assert.Equal(BranchId.StatelessLength, BranchId.WriteStateless(derived, octets));
            Assert.StartsWith("z9hG4bK-", Encoding.ASCII.GetString(octets));
            Assert.True(BranchId.TryParseStateless(octets, out var read));
            Assert.Equal(derived, read);
            Assert.False(BranchId.TryParse(octets, out _));
        });

    [Fact]
    public void One_other_octet_makes_it_another_branch_or_none() =>
        Gen.Select(Gen.ULong, Gen.ULong, Gen.Int[0, BranchId.Length - 1], Gen.Byte).Sample((unique, loop, at, octet) =>
        {
            var branch = new BranchId(unique, loop);
            var text = Encoding.ASCII.GetBytes(LayerBench.Text(branch));
            var same = char.ToLowerInvariant((char)text[at]) == char.ToLowerInvariant((char)octet);
            text[at] = octet;
            Assert.Equal(same, BranchId.TryParse(text, out var read) && read == branch);
        });
}
