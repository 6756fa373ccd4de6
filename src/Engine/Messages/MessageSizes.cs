using System.Numerics;

namespace ImsSipFast.Engine.Messages;

/// <summary>
/// The sizes in which datagrams are rented. A message is kept in the smallest that holds it and wastes at most a third
/// of it: most are below 2 KiB, and those of an IMS core with its long Routes and identities are 3 to 6 KiB.
/// <code>
/// up to  2 KiB   steps of 128 octets: 128, 256 … 2,048
/// up to 64 KiB   two steps an octave: 3, 4, 6, 8, 12, 16, 24, 32, 48, 64 KiB
/// </code>
/// </summary>
internal static class MessageSizes
{
    private const int Step = 128;
    private const int Steps = 16;
    private const int SmallestOctave = Step * Steps;

    private static readonly int[] s_capacities =
    [
        .. Enumerable.Range(1, Steps).Select(static i => i * Step),
        .. Enumerable.Range(0, BitOperations.Log2(MessagePool.MaxCapacity / SmallestOctave))
            .SelectMany(static octave => (int[])[(SmallestOctave + (SmallestOctave / 2)) << octave, (2 * SmallestOctave) << octave]),
    ];

    /// <summary>How many there are.</summary>
    public static int Count => s_capacities.Length;

    /// <summary>Octets of a size.</summary>
    public static int CapacityOf(int sizeClass) => s_capacities[sizeClass];

    /// <summary>The smallest size that holds so many octets.</summary>
    public static int ClassOf(int octets)
    {
        if (octets <= SmallestOctave)
        {
            return Math.Max(0, (octets - 1) / Step);
        }

        var octave = BitOperations.Log2((uint)(octets - 1) / SmallestOctave);
        var isUpperHalf = octets - 1 >= (SmallestOctave + (SmallestOctave / 2)) << octave;
        return Steps + (2 * octave) + (isUpperHalf ? 1 : 0);
    }
}
