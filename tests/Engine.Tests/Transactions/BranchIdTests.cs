using System.Text;
using CsCheck;
using ImsSipFast.Engine.Keys;
using ImsSipFast.Engine.Transactions;

namespace ImsSipFast.Engine.Tests.Transactions;

/// <summary>Branches of ours: unique (RFC 3261 §8.1.1.7), read back as written, and no other text taken for one.</summary>
public sealed class BranchIdTests
{
    private const int Million = 1_000_000;

    [Fact]
    public void A_million_branches_are_a_million_different_ones()
    {
        var layer = new LayerBench().Layer;
        var values = new ulong[Million];
        for (var i = 0; i < values.Length; i++)
        {
            // The loop half tells nothing apart: all of these take the same way.
            values[i] = layer.NextBranch(loopHash: 42).Unique;
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
        var seen = new HashSet<ulong>();
        var made = 0;
        foreach (var (process, shard) in ((int, int)[])[(1, 0), (1, 1), (1, 255), (2, 0), (2, 1)])
        {
            var layer = new LayerBench(process, shard).Layer;
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
        var layer = new LayerBench().Layer;
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

    /// <summary>
    /// Branches that are an invertible function of a counter and a key give the key away: undone, two of them differ by what
    /// the counter did, and the next one can be computed.
    /// </summary>
    [Fact]
    public void No_branch_is_computed_from_those_before_it()
    {
        const ulong Step = 0x9E37_79B9_7F4A_7C15;
        var layer = new LayerBench().Layer;
        var seen = Enumerable.Range(0, 100).Select(_ => layer.NextBranch(0).Unique).ToArray();
        for (var count = 1UL; count <= 100; count++)
        {
            var key = Undo(seen[0]) ^ (count * Step);
            var computed = Enumerable.Range(1, 99).Select(i => Redo(((count + (ulong)i) * Step) ^ key));
            Assert.Empty(computed.Intersect(seen));
        }

        static ulong Redo(ulong value)
        {
            value = (value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9;
            value = (value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB;
            return value ^ (value >> 31);
        }

        static ulong Undo(ulong value)
        {
            value = (value ^ (value >> 31) ^ (value >> 62)) * 0x3196_42B2_D24D_8EC3;
            value = (value ^ (value >> 27) ^ (value >> 54)) * 0x96DE_1B17_3F11_9089;
            return value ^ (value >> 30) ^ (value >> 60);
        }
    }

    /// <summary>A loop is seen by the hash of the routing, yet two requests with the same routing have no half in common.</summary>
    [Fact]
    public void The_loop_hash_is_read_by_its_own_process_only()
    {
        var (layer, other) = (new LayerBench().Layer, new LayerBench(process: 2).Layer);
        var loops = new HashSet<ulong>();
        for (var i = 0; i < 1000; i++)
        {
            var branch = layer.NextBranch(loopHash: 42);
            Assert.Equal(42UL, layer.LoopHashIn(branch));
            Assert.NotEqual(42UL, other.LoopHashIn(branch));
            loops.Add(branch.Loop);
        }

        Assert.Equal(1000, loops.Count);
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
            Assert.False(BranchId.TryParseProven(Encoding.ASCII.GetBytes(text), out _, new byte[MessageMac.Length]));
        });

    [Fact]
    public void A_stateless_branch_is_read_back_as_written() =>
        Gen.Select(Gen.Int[0, ushort.MaxValue], Gen.Byte.Array[MessageMac.Length], Gen.Bool).Sample((listener, mac, upper) =>
        {
            var octets = new byte[BranchId.ProvenLength];
            Assert.Equal(BranchId.ProvenLength, BranchId.WriteProven(listener, mac, octets));
            var text = Encoding.ASCII.GetString(octets);
            Assert.StartsWith("z9hG4bK-", text);
            var read = new byte[MessageMac.Length];
            Assert.True(BranchId.TryParseProven(Encoding.ASCII.GetBytes(upper ? text.ToUpperInvariant() : text), out var readListener, read));
            Assert.Equal(listener, readListener);
            Assert.Equal(mac, read);
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
