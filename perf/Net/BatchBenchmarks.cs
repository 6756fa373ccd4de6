using System.Net;
using BenchmarkDotNet.Attributes;
using ImsSipFast.Engine;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Net;

namespace ImsSipFast.Perf.Net;

/// <summary>Datagrams over the loopback, in batches of 64 as under load: mostly the kernel's share.</summary>
[MemoryDiagnoser]
public class BatchBenchmarks : IMessageSink
{
    private const int Datagrams = 1024;
    private const int BatchSize = 64;

    private readonly MessagePool _pool = new();
    private readonly RawMessage[] _received = new RawMessage[BatchSize];
    private ListenerSocket _from = null!;
    private ListenerSocket _to = null!;
    private UdpSendBatch _batch = null!;

    /// <summary>Auto is recvmmsg and sendmmsg on Linux; portable is one call a datagram.</summary>
    [Params(IoPolicy.Auto, IoPolicy.Portable)]
    public IoPolicy Io { get; set; }

    [GlobalSetup]
    public void Open()
    {
        var options = new SipEngineOptions { Io = Io, Listen = [new ListenAddress(new IPEndPoint(IPAddress.Loopback, 0))] };
        var listeners = new ListenerTable(null);
        _from = ListenerSocket.Bind(0, 1, options, listeners, _pool)[0];
        _to = ListenerSocket.Bind(0, 1, options, listeners, _pool)[0];
        listeners.AddSocket(_from.Bound, []);
        _batch = new UdpSendBatch([[_from]], listeners, 0, _pool, this);
    }

    [GlobalCleanup]
    public void Close()
    {
        _from.Dispose();
        _to.Dispose();
    }

    /// <summary>Datagrams of an INVITE's size leave, to one peer.</summary>
    [Benchmark(OperationsPerInvoke = Datagrams)]
    public void Send()
    {
        var bound = _to.Bound;
        for (var i = 0; i < Datagrams; i++)
        {
            _batch.Send(new Flow(bound, Transport.Udp, listener: 0), Messages.InviteWithSdp);
        }

        _batch.Flush();
    }

    [IterationSetup(Target = nameof(Send))]
    public void Empty()
    {
        while (ReceiveBatch() > 0)
        {
            // What an earlier iteration sent.
        }
    }

    [IterationSetup(Target = nameof(Receive))]
    public void Arrive()
    {
        Empty();
        Send();
    }

    /// <summary>Datagrams that have arrived are taken in, and given back.</summary>
    [Benchmark(OperationsPerInvoke = Datagrams)]
    public int Receive()
    {
        var count = 0;
        while (count < Datagrams)
        {
            var batch = ReceiveBatch();
            count += batch > 0 ? batch : throw new InvalidOperationException($"{count} of {Datagrams} arrived");
        }

        return count;
    }

    void IMessageSink.Post(RawMessage datagram) => datagram.Return();

    void IMessageSink.DrainEnded(bool batchFull)
    {
        // No shard waits for it.
    }

    private int ReceiveBatch()
    {
        var count = _to.Io.Receive(_received, out _);
        for (var i = 0; i < count; i++)
        {
            _received[i].Return();
        }

        return count;
    }
}
