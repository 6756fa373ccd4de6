using System.Net;

namespace ImsSipFast.LoadGen.Planning;

/// <summary>Everything that decides what a run does: the same plan and seed make the same arrivals.</summary>
public sealed record LoadPlan
{
    /// <summary>The proxy under test.</summary>
    public required IPEndPoint Target { get; init; }

    /// <summary>The address that the user agents send from; the one that reaches the target when null.</summary>
    public IPAddress? LocalAddress { get; init; }

    /// <summary>UDP port of the calling side; the called side has the next one. 0: any two free ports.</summary>
    public int LocalPort { get; init; }

    /// <summary>Domain of the addresses-of-record; the target's address when null.</summary>
    public string? Domain { get; init; }

    /// <summary>Users on each side, 1 to 10,000,000. The calling side draws from them in turn.</summary>
    public int Users { get; init; } = 1000;

    /// <summary>What is asked of the proxy, by weight.</summary>
    public IReadOnlyList<ProfileShare> Mix { get; init; } = [new(Profile.Call, 1)];

    /// <summary>The phases in order; only those marked so are measured.</summary>
    public required IReadOnlyList<Phase> Phases { get; init; }

    /// <summary>
    /// 0: open loop, attempts begin when they are due. Otherwise so many attempts are kept in flight, and the phases'
    /// rates are an upper bound.
    /// </summary>
    public int ClosedLoop { get; init; }

    /// <summary>True: arrivals are a Poisson process; false: evenly spaced.</summary>
    public bool PoissonArrivals { get; init; }

    /// <summary>How calls go.</summary>
    public CallShape Call { get; init; } = new();

    /// <summary>How registrations go.</summary>
    public RegisterShape Register { get; init; } = new();

    /// <summary>Octets of text in a MESSAGE, 0 to 1,200.</summary>
    public int MessageBytes { get; init; } = 64;

    /// <summary>Contacts of a user that is called by <see cref="Profile.Fork"/>, 2 to 10.</summary>
    public int ForkContacts { get; init; } = 3;

    /// <summary>The password of every user when challenged (the user's name is its user part); null: a challenge is a failure.</summary>
    public string? Password { get; init; }

    /// <summary>RFC 3261 T1; retransmissions begin after it, and an attempt is given up after 64 of it.</summary>
    public TimeSpan T1 { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>RFC 3261 T2, the longest pause between retransmissions of a non-INVITE.</summary>
    public TimeSpan T2 { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>What the random choices are made from.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Register the called side before the first phase. False when somebody else has done it.</summary>
    public bool RegisterFirst { get; init; } = true;
}

/// <summary>What an attempt is.</summary>
public enum Profile
{
    /// <summary>A REGISTER: a new binding, a refresh or a removal (<see cref="RegisterShape"/>).</summary>
    Register,

    /// <summary>INVITE, 180, 200, ACK, then BYE, 200 (<see cref="CallShape"/>).</summary>
    Call,

    /// <summary>INVITE, 486, ACK.</summary>
    Busy,

    /// <summary>INVITE, 180, CANCEL, 200, 487, ACK.</summary>
    Cancel,

    /// <summary>MESSAGE, 200.</summary>
    Message,

    /// <summary>OPTIONS to a registered user, 200.</summary>
    Options,

    /// <summary>SUBSCRIBE, 200, NOTIFY, 200, and the same again to end it.</summary>
    Subscribe,

    /// <summary>A call to a user with several contacts: one answers, the others are cancelled.</summary>
    Fork,
}

/// <summary>A profile and how often it is drawn, relative to the others.</summary>
/// <param name="Profile">The profile.</param>
/// <param name="Weight">Above 0.</param>
public readonly record struct ProfileShare(Profile Profile, double Weight);

/// <summary>A stretch of time with a rate that is steady or changes evenly.</summary>
/// <param name="Name">What reports call it.</param>
/// <param name="Duration">How long.</param>
/// <param name="StartRate">Attempts per second at its start.</param>
/// <param name="EndRate">Attempts per second at its end.</param>
/// <param name="Measured">False for warm-up and cool-down.</param>
public sealed record Phase(string Name, TimeSpan Duration, double StartRate, double EndRate, bool Measured);

/// <summary>How calls go.</summary>
public sealed record CallShape
{
    /// <summary>From the 180 to the 200.</summary>
    public TimeSpan Ring { get; init; } = TimeSpan.Zero;

    /// <summary>From the ACK to the BYE.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.Zero;

    /// <summary>Share of calls that the called side ends, 0 to 1.</summary>
    public double CalleeHangsUp { get; init; }

    /// <summary>Share of calls with a 183 and a session description before the 200, 0 to 1.</summary>
    public double EarlyMedia { get; init; }

    /// <summary>Share of calls with a re-INVITE in the middle, 0 to 1.</summary>
    public double ReInvite { get; init; }
}

/// <summary>How registrations go.</summary>
public sealed record RegisterShape
{
    /// <summary>The expires that is asked for, in seconds; each attempt draws one of them.</summary>
    public IReadOnlyList<int> ExpiresSeconds { get; init; } = [3600];

    /// <summary>Share of attempts that refresh a binding made before, 0 to 1; the others are new users until all are registered.</summary>
    public double Refresh { get; init; } = 1;

    /// <summary>Share of attempts that remove a binding, 0 to 1.</summary>
    public double Remove { get; init; }
}
