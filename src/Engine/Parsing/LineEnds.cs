using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ImsSipFast.Engine.Parsing;

/// <summary>
/// Walks every CR and LF of a message in order. A block of 64 octets is looked at once and leaves a bit for each of
/// its line ends, so that the short lines of a SIP header do not cost a search each.
/// </summary>
internal ref struct LineEnds
{
    private const int BlockLength = 64;

    private readonly ReadOnlySpan<byte> _bytes;
    private int _block;
    private ulong _found;

    /// <param name="bytes">The message.</param>
    /// <param name="start">Where to begin.</param>
    public LineEnds(ReadOnlySpan<byte> bytes, int start)
    {
        _bytes = bytes;
        _block = start;
        _found = start < bytes.Length ? Look(bytes, start) : 0;
    }

    /// <summary>Index of the next CR or LF, -1 after the last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Next()
    {
        while (_found == 0)
        {
            _block += BlockLength;
            if (_block >= _bytes.Length)
            {
                // Stays at the end, however often it is asked.
                _block -= BlockLength;
                return -1;
            }

            _found = Look(_bytes, _block);
        }

        var index = _block + BitOperations.TrailingZeroCount(_found);
        _found &= _found - 1;
        return index;
    }

    private static ulong Look(ReadOnlySpan<byte> bytes, int at)
    {
        var rest = bytes[at..];
        if (rest.Length < BlockLength)
        {
            return LookAtRest(rest);
        }

        ref var first = ref MemoryMarshal.GetReference(rest);
        var low = LineEndsOf(Vector256.LoadUnsafe(ref first));
        var high = LineEndsOf(Vector256.LoadUnsafe(ref first, 32));
        return low | ((ulong)high << 32);
    }

    private static uint LineEndsOf(Vector256<byte> octets) =>
        (Vector256.Equals(octets, Vector256.Create((byte)'\r')) | Vector256.Equals(octets, Vector256.Create((byte)'\n'))).ExtractMostSignificantBits();

    private static ulong LookAtRest(ReadOnlySpan<byte> rest)
    {
        Span<byte> block = stackalloc byte[BlockLength];
        block.Clear();
        rest.CopyTo(block);
        return Look(block, 0);
    }
}
