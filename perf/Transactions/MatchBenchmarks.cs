using BenchmarkDotNet.Attributes;
using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Keys;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Timing;
using ImsSipFast.Engine.Transactions;

namespace ImsSipFast.Perf.Transactions;

/// <summary>Which transaction a message belongs to (RFC 3261 §17.1.3, §17.2.3), with so many alive.</summary>
[MemoryDiagnoser]
public class MatchBenchmarks : IMessageSender
{
    private static readonly Flow s_peer = new(PeerAddress.FromV4(0xC000_0265, 5060), Transport.Udp, listener: 0);

    private readonly SipMessage _request = Messages.Parse(Messages.InviteWithSdp);
    private readonly SipMessage _other = Messages.Parse(Messages.Bye);
    private SipMessage _response = new();
    private TransactionLayer _layer = null!;

    /// <summary>Transactions of each kind.</summary>
    [Params(1_000, 100_000)]
    public int Alive { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        var environment = new ShardResources(new SipTimers(), new TimingWheel(), this, new MessagePool(), new EngineMetrics());
        _layer = new TransactionLayer(environment, tableKey: 0x5EC2E7, new BranchSource(new byte[BlockFunction.KeyLength], shard: 0), maxHeaders: 64);
        BranchId branch = default;
        for (var i = 0; i < Alive; i++)
        {
            branch = _layer.NextBranch(1);
            _layer.CreateClient(null, branch, SipMethod.Invite, Messages.InviteWithSdp, s_peer);
            _layer.CreateServer(new RequestKey((ulong)i * 0x9E37_79B9_7F4A_7C15, 0), _request, Messages.InviteWithSdp, s_peer, s_peer);
        }

        _layer.Match(_request, prefetchedKey: 0, out var key);
        _layer.CreateServer(key, _request, Messages.InviteWithSdp, s_peer, s_peer);
        _response = Messages.Parse(OkWith(branch));
    }

    /// <summary>A request that comes again.</summary>
    [Benchmark]
    public bool Retransmission() => _layer.Match(_request, _layer.Prefetch(_request), out _).Verdict == TransactionVerdict.Absorbed;

    /// <summary>A request that is new.</summary>
    [Benchmark]
    public bool NewRequest() => _layer.Match(_other, _layer.Prefetch(_other), out _).Verdict == TransactionVerdict.NoMatch;

    /// <summary>A response.</summary>
    [Benchmark]
    public bool Response() => _layer.FindClient(_response) is not null;

    void IMessageSender.Send(in Flow flow, ReadOnlySpan<byte> message)
    {
        // Nobody listens.
    }

    private static byte[] OkWith(BranchId branch)
    {
        var text = new byte[BranchId.Length];
        branch.Write(text);
        return Messages.Octets(System.Text.Encoding.Latin1.GetString(Messages.OkToInvite)
            .Replace("z9hG4bK721e4.1", System.Text.Encoding.ASCII.GetString(text), StringComparison.Ordinal));
    }
}
