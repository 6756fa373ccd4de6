using BenchmarkDotNet.Attributes;

namespace ImsSipFast.Perf.Shards;

/// <summary>
/// A shard end to end, without sockets: parse, match, route, write, send, timers. One call or message a millisecond,
/// so that what a call leaves behind for 64·T1 is that of 32,000 calls. The agents' share is some copying.
/// </summary>
[MemoryDiagnoser]
public class ShardBenchmarks
{
    private ShardBed _bed = null!;
    private CallScript _script = null!;
    private uint _random;

    /// <summary>Registered users.</summary>
    [Params(1_000, 1_000_000)]
    public int Users { get; set; }

    /// <summary>Dialogs that go on meanwhile: none beside 1,000 users, 100,000 beside a million.</summary>
    public int Dialogs => Users >= 1_000_000 ? 100_000 : 0;

    [GlobalSetup]
    public void Fill()
    {
        _bed = new ShardBed();
        _script = new CallScript(_bed);
        for (var user = 0; user < Users; user++)
        {
            _script.Register(user);
        }

        for (var dialog = 0; dialog < Dialogs; dialog++)
        {
            _script.Answered(AnyUser());
            Pass();
        }

        // Until the objects of 32 s are made and the code is what it will be.
        for (var i = 0; i < 70_000; i++)
        {
            Call();
            Message();
            Register();
        }
    }

    /// <summary>INVITE, 100, 180, 200, ACK, BYE, 200: 6 datagrams in, 7 out.</summary>
    [Benchmark]
    public void Call()
    {
        _script.Call(AnyUser());
        Pass();
    }

    /// <summary>MESSAGE and its 200: 2 datagrams in, 2 out.</summary>
    [Benchmark]
    public void Message()
    {
        _script.Message(AnyUser());
        Pass();
    }

    /// <summary>A user registers again: 1 datagram in, 1 out.</summary>
    [Benchmark]
    public void Register()
    {
        _script.Register(AnyUser());
        Pass();
    }

    private void Pass() => _bed.Pass(1);

    private int AnyUser()
    {
        _random = (_random * 1_664_525) + 1_013_904_223;
        return (int)((_random >> 4) % (uint)Users);
    }
}
