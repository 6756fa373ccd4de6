namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>
/// A proxy with a network around it, as a conformance case sees it: end points, names and time. The simulated
/// one runs on virtual time; one over real sockets can run the same cases, since nothing here knows the Engine.
/// </summary>
public interface ITestBed
{
    /// <summary>Milliseconds since the bed was started.</summary>
    long Now { get; }

    /// <summary>How far a time seen may be from the time the RFC names, in milliseconds.</summary>
    long ToleranceMilliseconds { get; }

    /// <summary>Address and port of the first listener of the proxy.</summary>
    string Proxy { get; }

    /// <summary>What timers A, E and G of the proxy have sent again.</summary>
    long Retransmitted { get; }

    /// <summary>Binds an end point, such as <c>127.0.0.2:5060</c>.</summary>
    IEndpoint Start(string address);

    /// <summary>Lets time pass.</summary>
    void Pass(long milliseconds);

    /// <summary>
    /// Makes a host name lead to an address, or to several with blanks between, after <paramref name="delayMilliseconds"/>
    /// of asking; a null address makes the look-up fail.
    /// </summary>
    void SetHost(string name, string? address, long delayMilliseconds = 0);

    /// <summary>The kernel says from now on when nobody listens where a datagram was sent, as Linux does with IP_RECVERR.</summary>
    void ReportClosedPorts();

    /// <summary>From now on new INVITEs are refused and running transactions finish.</summary>
    void BeginDrain();

    /// <summary>What must hold after every case, once it is quiet: nothing leaked, counters balance, wire clean.</summary>
    void Verify();
}
