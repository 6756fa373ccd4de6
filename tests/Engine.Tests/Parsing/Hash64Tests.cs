using System.Buffers.Binary;
using CsCheck;
using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Tests.Parsing;

public sealed class Hash64Tests
{
    [Fact]
    public void Pieces_do_not_slide_into_one_another()
    {
        Assert.NotEqual(Of(1, "ab"u8, "c"u8), Of(1, "a"u8, "bc"u8));
        Assert.NotEqual(Of(1, "a"u8, ""u8), Of(1, ""u8, "a"u8));
        Assert.NotEqual(Of(1, "a"u8, ""u8), Of(1, "a\0"u8, ""u8));
        Assert.NotEqual(Of(1, "12345678"u8, ""u8), Of(1, "12345678"u8, "\0"u8));
        Assert.NotEqual(Of(1, "a"u8, ""u8), Of(2, "a"u8, ""u8));
    }

    [Fact]
    public void Letters_count_the_same_in_either_case_when_asked()
    {
        var (one, other) = (new Hash64(7), new Hash64(7));
        one.AddIgnoringCase("ss1.Atlanta.EXAMPLE.com"u8);
        other.AddIgnoringCase("SS1.atlanta.example.COM"u8);
        Assert.Equal(one.Value, other.Value);
    }

    /// <summary>Two words that differ in one bit each after a multiplication: in a hash of low halves they cancel for every key.</summary>
    [Fact]
    public void Differences_do_not_cancel_whatever_the_key_is()
    {
        const ulong Multiplier = 0xC2B2_AE3D_27D4_EB4F;
        var inverse = 1UL;
        for (var i = 0; i < 6; i++)
        {
            inverse *= 2 - (Multiplier * inverse);
        }

        Gen.Select(Gen.ULong, Gen.ULong, Gen.ULong).Sample((key, one, two) =>
        {
            var otherOne = ((one * Multiplier) ^ (1UL << 34)) * inverse;
            var otherTwo = ((two * Multiplier) ^ (1UL << 63)) * inverse;
            return Of(key, Bytes(one, two), default) != Of(key, Bytes(otherOne, otherTwo), default);
        });
    }

    [Fact]
    public void Neighbouring_texts_spread_over_all_bits()
    {
        var ones = new int[64];
        for (ulong i = 0; i < 10_000; i++)
        {
            var difference = Of(3, Bytes(i, 0), default) ^ Of(3, Bytes(i + 1, 0), default);
            for (var bit = 0; bit < 64; bit++)
            {
                ones[bit] += (int)(difference >> bit & 1);
            }
        }

        Assert.All(ones, count => Assert.InRange(count, 4600, 5400));
    }

    private static byte[] Bytes(ulong one, ulong two)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, one);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), two);
        return bytes;
    }

    private static ulong Of(ulong key, ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        var hash = new Hash64(key);
        hash.Add(one);
        hash.Add(other);
        return hash.Value;
    }
}
