using System.Text;
using BenchmarkDotNet.Attributes;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Registrar;

namespace ImsSipFast.Perf.Registrar;

/// <summary>The location service with so many users, each with one binding; users come in no order.</summary>
[MemoryDiagnoser]
public class LocationBenchmarks
{
    private LocationService _location = new(1);
    private LocationTable _table = new();
    private byte[][] _users = [];
    private Binding[] _bindings = [];
    private uint _next;

    /// <summary>Registered users.</summary>
    [Params(1_000, 1_000_000)]
    public int Users { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _location = new LocationService(1, key: 7);
        _table = _location.Table(0);
        _users = [.. Enumerable.Range(0, Users).Select(static i => Encoding.ASCII.GetBytes($"sip:user{i:d7}@home.test"))];
        _bindings = [.. _users.Select(MakeBinding)];
        for (var i = 0; i < Users; i++)
        {
            Put(i);
        }
    }

    /// <summary>The bindings of a user.</summary>
    [Benchmark]
    public bool Lookup() => _location.Lookup(_users[Next()], out _);

    /// <summary>A user who is not there.</summary>
    [Benchmark]
    public bool LookupInVain()
    {
        Span<byte> key = stackalloc byte[24];
        _users[Next()].AsSpan(0, 20).CopyTo(key);
        return _location.Lookup(key, out _);
    }

    /// <summary>Other bindings of a user who has some.</summary>
    [Benchmark]
    public void Publish() => Put(Next());

    /// <summary>The last binding of a user goes, and one comes.</summary>
    [Benchmark]
    public void RemoveAndPublish()
    {
        var user = Next();
        _table.Publish(_users[user], _location.HashOf(_users[user]), default);
        Put(user);
    }

    /// <summary>A user registers for the first time: what stays for each binding is all that the engine allocates.</summary>
    [Benchmark]
    public object Bind() => MakeBinding(_users[Next()]);

    private static Binding MakeBinding(byte[] user) =>
        new(user, new BindingTexts("sip:user@192.0.2.201:5060"u8, default, default, "843817637684230@998sdasdh09"u8), 1000, new Flow(PeerAddress.FromV4(0xC000_02C9, 5060), Transport.Udp, listener: 0));

    private void Put(int user) => _table.Publish(_users[user], _location.HashOf(_users[user]), new BindingSet(new ReadOnlySpan<Binding>(ref _bindings[user])));

    private int Next()
    {
        _next = (_next * 1_664_525) + 1_013_904_223;
        return (int)((_next >> 4) % (uint)Users);
    }
}
