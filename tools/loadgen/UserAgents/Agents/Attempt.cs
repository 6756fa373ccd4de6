using ImsSipFast.LoadGen.Planning;

namespace ImsSipFast.LoadGen.Agents;

/// <summary>An attempt that is due: everything about it has been drawn.</summary>
internal readonly record struct Attempt
{
    public required Profile Profile { get; init; }

    /// <summary>Index of the phase; -1 beforehand.</summary>
    public required int Phase { get; init; }

    /// <summary>Microseconds at which it is due.</summary>
    public required long Due { get; init; }

    /// <summary>Number of the user who begins it.</summary>
    public required int Local { get; init; }

    /// <summary>Number of the user it is addressed to.</summary>
    public int Remote { get; init; }

    /// <summary>Seconds of a registration; which contact answers a call to several.</summary>
    public uint Number { get; init; }

    public LegFlags Flags { get; init; }

    /// <summary>Told of the outcome; 0: nobody.</summary>
    public int Ticket { get; init; }

    /// <summary>Registrations of the called side are made from its socket.</summary>
    public Wire.Side Side { get; init; }
}
