using BenchmarkDotNet.Attributes;
using ImsSipFast.Engine.Keys;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Routing;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Perf.Keys;

/// <summary>What is made under a key for a message: a branch, the cover of a loop hash, the token in a Record-Route.</summary>
[MemoryDiagnoser]
public class KeyBenchmarks
{
    private readonly BranchSource _branches;
    private readonly MessageMac _mac;
    private readonly SipMessage _invite = Messages.Parse(Messages.InviteWithSdp);
    private readonly SipMessage _bye = Messages.Parse(Messages.Bye);
    private readonly byte[] _room = new byte[256];
    private readonly byte[] _token;
    private ulong _last;

    public KeyBenchmarks()
    {
        var keys = new EngineKeys(new byte[EngineKeys.RootLength], new byte[EngineKeys.RootLength]);
        _branches = keys.CreateBranchSource(shard: 0);
        var proxy = keys.CreateProxyKeys();
        _mac = proxy.Token;
        _token = [.. _room.AsSpan(0, MakeToken())];
    }

    /// <summary>The two halves of a new branch; every 64th makes the next 64.</summary>
    [Benchmark]
    public ulong Branch() => _last = _branches.Next().Unique;

    /// <summary>The loop hash in a Via of ours, in a request that came back.</summary>
    [Benchmark]
    public ulong LoopCover() => _branches.CoverOf(_last);

    /// <summary>The token of an INVITE whose caller is behind a NAT.</summary>
    [Benchmark]
    public int MakeToken()
    {
        var writer = new SipWriter(_room);
        FlowToken.Write(ref writer, _mac, _invite, new Flow(PeerAddress.FromV4(0xCB00_7107, 40000), Transport.Udp, 0), default);
        return writer.Length;
    }

    /// <summary>The token that a BYE brings.</summary>
    [Benchmark]
    public bool CheckToken() => SipUri.TryParse(_bye[_bye.RequestUri], out var uri)
        && FlowToken.TryRead(_token, _mac, _bye, uri, 0, out _);
}
