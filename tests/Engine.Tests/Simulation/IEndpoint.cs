namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>One datagram as it arrived.</summary>
/// <param name="At">When, in milliseconds since the bed was started.</param>
/// <param name="From">Address and port of the sender.</param>
/// <param name="Octets">Every octet of it.</param>
public sealed record Arrival(long At, string From, byte[] Octets);

/// <summary>One UDP address that sends octets and remembers what it got; it knows no SIP.</summary>
public interface IEndpoint
{
    /// <summary>Address and port, such as <c>127.0.0.2:5060</c>.</summary>
    string Address { get; }

    /// <summary>Everything that arrived, in order.</summary>
    IReadOnlyList<Arrival> Log { get; }

    /// <summary>Sends one datagram, to the proxy unless told otherwise.</summary>
    void Send(ReadOnlySpan<byte> octets, string? to = null);

    /// <summary>The next arrival that was not yet taken; null when none comes within the time.</summary>
    Arrival? Take(long withinMilliseconds);

    /// <summary>The same where something must come: a real machine may be slow and is waited for longer.</summary>
    Arrival? Await(long withinMilliseconds) => Take(withinMilliseconds);

    /// <summary>Nobody listens here any more: datagrams to this address come back undeliverable.</summary>
    void Close();
}
