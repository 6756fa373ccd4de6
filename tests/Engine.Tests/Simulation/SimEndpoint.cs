using System.Net;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>An address on the simulated network.</summary>
internal sealed class SimEndpoint : IEndpoint
{
    private readonly SimTestBed _bed;
    private readonly PeerAddress _address;
    private readonly List<Arrival> _log = [];
    private int _taken;

    public SimEndpoint(SimTestBed bed, PeerAddress address)
    {
        _bed = bed;
        _address = address;
        bed.Network.Bind(address, (from, octets) => _log.Add(new Arrival(bed.Now, from.ToString(), octets)));
    }

    public string Address => _address.ToString();

    public IReadOnlyList<Arrival> Log => _log;

    public void Send(ReadOnlySpan<byte> octets, string? to = null) =>
        _bed.Network.Send(_address, to is null ? _bed.ProxyAddress : PeerAddress.From(IPEndPoint.Parse(to)), octets);

    public Arrival? Take(long withinMilliseconds) =>
        _bed.RunUntil(_bed.Now + withinMilliseconds, () => _taken < _log.Count) ? _log[_taken++] : null;

    public void Close() => _bed.Network.Unbind(_address);
}
