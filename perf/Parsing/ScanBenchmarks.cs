using BenchmarkDotNet.Attributes;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Registrar;
using ImsSipFast.Engine.Shards;

namespace ImsSipFast.Perf.Parsing;

/// <summary>What a receive loop does with a datagram: finds the shard that it belongs to.</summary>
[MemoryDiagnoser]
public class ScanBenchmarks
{
    private readonly ShardKey _key = new(new LocationService(8), key: 0x5EC2E7);

    /// <summary>The Call-ID of an INVITE.</summary>
    [Benchmark]
    public int CallId() => CallIdScanner.TryScan(Messages.InviteWithSdp, out var found) ? found.CallId.Length : -1;

    /// <summary>The Call-ID and the CSeq method of a response.</summary>
    [Benchmark]
    public int CallIdOfResponse() => CallIdScanner.TryScan(Messages.OkToInvite, out var found) ? found.CallId.Length : -1;

    /// <summary>The shard of an INVITE: scan and keyed hash.</summary>
    [Benchmark]
    public int ShardOfInvite() => _key.TryGet(Messages.InviteWithSdp, out var shard) ? shard : -1;

    /// <summary>The shard of a REGISTER: scan, To, address-of-record, keyed hash.</summary>
    [Benchmark]
    public int ShardOfRegister() => _key.TryGet(Messages.Register, out var shard) ? shard : -1;
}
