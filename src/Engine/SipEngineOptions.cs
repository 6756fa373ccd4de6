using System.Net;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine;

/// <summary>How the engine sees the network around it.</summary>
public enum NetworkMode
{
    /// <summary>Everything runs on this machine: any domain in a REGISTER is ours, addresses lead to 127.0.0.1.</summary>
    Loopback,

    /// <summary>A local network: Contacts are used as written; peers outside it may be behind NAT.</summary>
    Lan,

    /// <summary>We or our peers are behind NAT: a private Contact is reached where its REGISTER came from.</summary>
    Nat,
}

/// <summary>Who runs a shard.</summary>
public enum RunnerPolicy
{
    /// <summary>The receive loop runs shards itself while it keeps up, worker threads when it does not.</summary>
    Auto,

    /// <summary>Always the receive loop that delivered.</summary>
    Inline,

    /// <summary>Always worker threads.</summary>
    Workers,
}

/// <summary>How sockets are read and written.</summary>
public enum IoPolicy
{
    /// <summary>Batched system calls where the platform has them.</summary>
    Auto,

    /// <summary>One datagram a call, on any platform.</summary>
    Portable,
}

/// <summary>One address to listen on.</summary>
/// <param name="EndPoint">IPv4 or IPv6 address and port; port 0 takes any free one.</param>
/// <param name="Transport">What it takes.</param>
public sealed record ListenAddress(IPEndPoint EndPoint, Transport Transport = Transport.Udp)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Transport.ToString().ToLowerInvariant()}:{EndPoint}";
}

/// <summary>
/// Every address, timer and limit of the engine, with unit, default and range. Durations are in seconds. The ranges
/// are checked by <see cref="Validate"/>; the Host adds the names that a user types.
/// </summary>
public sealed class SipEngineOptions
{
    /// <summary>Where to listen. Default udp:127.0.0.1:5060.</summary>
    public IReadOnlyList<ListenAddress> Listen { get; set; } = [new(new IPEndPoint(IPAddress.Loopback, 5060))];

    /// <summary>Domains we are responsible for, beside our own addresses.</summary>
    public IReadOnlyList<string> Domains { get; set; } = [];

    /// <summary>Network mode. Default loopback.</summary>
    public NetworkMode Mode { get; set; } = NetworkMode.Loopback;

    /// <summary>Host name or address that goes into Via and Record-Route in place of the bound one; null for the bound one.</summary>
    public string? Advertise { get; set; }

    /// <summary>Networks whose peers are near; loopback and our own addresses always are.</summary>
    public IReadOnlyList<IPNetwork> LocalNetworks { get; set; } = [];

    /// <summary>Forward requests of foreign networks to foreign domains. Default false: 403.</summary>
    public bool Relay { get; set; }

    /// <summary>Take the Contacts of a 3xx into the target set (RFC 3261 §16.5). Default false: the 3xx goes upstream.</summary>
    public bool RecurseRedirects { get; set; }

    /// <summary>
    /// What the tokens in our Record-Route are derived from, 32 octets or more that no peer knows: the same after a restart,
    /// so that calls which are up can be hung up. Default empty: random at each start.
    /// </summary>
    public ReadOnlyMemory<byte> Secret { get; set; }

    /// <summary>Shards, 1 to 256; 0 takes one a processor. Default 0.</summary>
    public int Shards { get; set; }

    /// <summary>Who runs a shard. Default auto.</summary>
    public RunnerPolicy Runner { get; set; } = RunnerPolicy.Auto;

    /// <summary>How sockets are used. Default auto.</summary>
    public IoPolicy Io { get; set; } = IoPolicy.Auto;

    /// <summary>T1, 0.01 to 10 s, default 0.5 (RFC 3261 §17.1.1.1).</summary>
    public double T1 { get; set; } = 0.5;

    /// <summary>T2, 0.01 to 60 s and at least T1, default 4.</summary>
    public double T2 { get; set; } = 4;

    /// <summary>T4, 0.01 to 60 s, default 5.</summary>
    public double T4 { get; set; } = 5;

    /// <summary>Timer C, 1 to 86,400 s, default 181; the RFC wants more than 180 (§16.6 step 11).</summary>
    public double TimerC { get; set; } = 181;

    /// <summary>Idle time before a dialog is forgotten, 1 to 604,800 s, default 3600.</summary>
    public double DialogTimeout { get; set; } = 3600;

    /// <summary>Longest life of a pending non-INVITE request, 1 to 86,400 s, default 300.</summary>
    public double PendingTimeout { get; set; } = 300;

    /// <summary>Longest wait for the final response of a cancelled INVITE branch, 1 to 86,400 s, default 60; 64·T1 when that is sooner.</summary>
    public double BranchTimeout { get; set; } = 60;

    /// <summary>Interval of the clean-up summary, 1 to 86,400 s, default 30.</summary>
    public double RegistrationCheck { get; set; } = 30;

    /// <summary>Longest wait for running transactions on stop, 0 to 3,600 s, default 32.</summary>
    public double DrainTimeout { get; set; } = 32;

    /// <summary>Expiry of a binding that asks for none, 1 to 604,800 s, default 3600 (RFC 3261 §10.3 step 7).</summary>
    public int DefaultExpires { get; set; } = 3600;

    /// <summary>Shortest expiry of a binding, 1 to 3600 s, default 60; less gets 423 with Min-Expires.</summary>
    public int MinExpires { get; set; } = 60;

    /// <summary>Longest expiry of a binding, 60 to 604,800 s, default 7200; more is shortened.</summary>
    public int MaxExpires { get; set; } = 7200;

    /// <summary>Bindings of one address-of-record, 1 to 1,000, default 16; one more gets 403.</summary>
    public int MaxBindingsPerAor { get; set; } = 16;

    /// <summary>Bindings in all, 1 to 100,000,000, default 2,000,000; one more gets 503.</summary>
    public int MaxBindings { get; set; } = 2_000_000;

    /// <summary>Octets of one Contact URI or Path, 64 to 8,192, default 1,024; more gets 400.</summary>
    public int MaxContactLength { get; set; } = 1024;

    /// <summary>Octets of all Contacts, Paths and Call-IDs of one address-of-record, 256 to 1,000,000, default 8,192; more gets 403.</summary>
    public int MaxContactOctetsPerAor { get; set; } = 8192;

    /// <summary>Domains adopted from REGISTERs in loopback mode, 0 to 100,000, default 1,000; further ones are not adopted.</summary>
    public int MaxAdoptedDomains { get; set; } = 1000;

    /// <summary>Live transactions in all, 100 to 50,000,000, default 8,000,000; a request beyond gets 503 with Retry-After.</summary>
    public int MaxTransactions { get; set; } = 8_000_000;

    /// <summary>Targets of one request over its whole life, 1 to 256, default 32; further ones are not tried.</summary>
    public int MaxTargets { get; set; } = 32;

    /// <summary>Max-Breadth of a request that has none, 1 to 1,000, default 60 (RFC 5393 §5.3.3.1).</summary>
    public int MaxBreadth { get; set; } = 60;

    /// <summary>Observed dialogs in all, 0 to 50,000,000, default 1,000,000; calls beyond go through unobserved.</summary>
    public int MaxDialogs { get; set; } = 1_000_000;

    /// <summary>Header fields of one message, 16 to 4,096, default 256; more gets 400.</summary>
    public int MaxHeaders { get; set; } = 256;

    /// <summary>Octets of one message, 1,024 to 65,535, default 65,535; longer datagrams are dropped.</summary>
    public int MaxMessageLength { get; set; } = 65_535;

    /// <summary>
    /// Datagrams waiting for one shard, 64 to 1,000,000, default 16,384; more are dropped. One beyond 4,096 octets counts
    /// as several, and all inboxes together hold at most an eighth of <see cref="Memory"/>.
    /// </summary>
    public int ShardQueueLength { get; set; } = 16_384;

    /// <summary>
    /// Octets kept for calls and bindings in all, 0 to 1 Ti, default 0: half of what the process may use (the limit of its
    /// container, or the machine). A new request beyond gets 503 with Retry-After. Each shard has its share, at least 1 Mi.
    /// </summary>
    public long Memory { get; set; }

    /// <summary>Look-ups of host names in flight, 1 to 100,000, default 1,024; a branch beyond fails with 503.</summary>
    public int MaxPendingLookups { get; set; } = 1024;

    /// <summary>SO_RCVBUF asked of the kernel in octets, 65,536 to 1,073,741,824, default 8,388,608.</summary>
    public int ReceiveBufferBytes { get; set; } = 8_388_608;

    /// <summary>What <see cref="Memory"/> comes to on this machine, in octets.</summary>
    public long MemoryOctets() => Memory > 0 ? Memory : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;

    /// <summary>
    /// The first thing that is wrong, as key, value and allowed range; null when all is well. Warnings about legal
    /// but unwise values go to <paramref name="warnings"/>.
    /// </summary>
    public OptionError? Validate(IList<string> warnings) => OptionRanges.Check(this, warnings);
}

/// <summary>An option value outside its range.</summary>
/// <param name="Key">The property name, such as <c>TimerC</c>.</param>
/// <param name="Value">What it was set to.</param>
/// <param name="Allowed">What it may be.</param>
public sealed record OptionError(string Key, string Value, string Allowed);
