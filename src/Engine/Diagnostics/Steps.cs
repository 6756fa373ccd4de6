using System.Runtime.CompilerServices;

namespace ImsSipFast.Engine.Diagnostics;

/// <summary>
/// How much was looked at: an octet scanned, eight octets copied or hashed, an element of a list visited. Tests read it to
/// see that the work for a datagram grows with its octets and not with their square. Only they switch it on: for a switch
/// that is off the compiler of the runtime leaves the counting out.
/// </summary>
internal static class Steps
{
    /// <summary>The switch, of the runtime's configuration.</summary>
    public const string Switch = "ImsSipFast.CountSteps";

    private static readonly bool s_areCounted = AppContext.TryGetSwitch(Switch, out var areCounted) && areCounted;

    [ThreadStatic]
    private static long t_count;

    /// <summary>Steps of this thread so far.</summary>
    public static long Count => t_count;

    /// <summary>Octets were looked at one by one, or elements visited.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Walk(int steps)
    {
        if (s_areCounted)
        {
            t_count += steps;
        }
    }

    /// <summary>Octets were copied, compared or hashed a word at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Block(int octets)
    {
        if (s_areCounted)
        {
            t_count += 1 + (octets / sizeof(ulong));
        }
    }
}
