using BenchmarkDotNet.Attributes;
using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Perf.Parsing;

/// <summary>Bytes to offsets: framing, every header field's place, and the values that every message needs.</summary>
[MemoryDiagnoser]
public class ParseBenchmarks
{
    private readonly SipMessage _message = new();

    /// <summary>An INVITE with three Vias and SDP (RFC 3665 §3.2 F7): the one to compare parsers by.</summary>
    [Benchmark]
    public bool InviteWithSdp() => Parse(Messages.InviteWithSdp);

    /// <summary>A 200 with three Vias and SDP.</summary>
    [Benchmark]
    public bool OkToInvite() => Parse(Messages.OkToInvite);

    /// <summary>A BYE with two Routes.</summary>
    [Benchmark]
    public bool Bye() => Parse(Messages.Bye);

    /// <summary>A REGISTER with one Contact.</summary>
    [Benchmark]
    public bool Register() => Parse(Messages.Register);

    /// <summary>Six header fields, compact.</summary>
    [Benchmark]
    public bool Minimal() => Parse(Messages.Minimal);

    /// <summary>100 header fields.</summary>
    [Benchmark]
    public bool Long() => Parse(Messages.Long);

    /// <summary>Folds everywhere.</summary>
    [Benchmark]
    public bool Folded() => Parse(Messages.Folded);

    /// <summary>Lists of eight.</summary>
    [Benchmark]
    public bool CommaLists() => Parse(Messages.CommaLists);

    private bool Parse(byte[] octets) =>
        SipParser.TryParse(octets, octets.Length, _message) ? true : throw new InvalidOperationException($"{_message.Error}");
}
