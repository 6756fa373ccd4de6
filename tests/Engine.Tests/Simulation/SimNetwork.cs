using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>What the network does to datagrams. Probabilities are 0 to 1, delays in milliseconds. The default is perfect.</summary>
/// <param name="Loss">Chance that a datagram is lost.</param>
/// <param name="Duplication">Chance that it arrives twice.</param>
/// <param name="Reordering">Chance that it is held back by up to <paramref name="HoldBack"/>, so that later ones overtake it.</param>
/// <param name="MinimumDelay">Least delay.</param>
/// <param name="MaximumDelay">Greatest delay; datagrams keep their order unless held back.</param>
/// <param name="HoldBack">Longest time that a reordered datagram is held back.</param>
internal sealed record LinkConditions(
    double Loss = 0, double Duplication = 0, double Reordering = 0, int MinimumDelay = 0, int MaximumDelay = 0, int HoldBack = 50);

/// <summary>
/// Carries datagrams between addresses over virtual time. All chance comes from one seeded source, drawn in the
/// order of the sends: the same seed gives the same run.
/// </summary>
internal sealed class SimNetwork(SimClock clock, int seed)
{
    private readonly Random _random = new(seed);
    private readonly Dictionary<PeerAddress, Action<PeerAddress, byte[]>> _receivers = [];
    private readonly Dictionary<(PeerAddress From, PeerAddress To), long> _lastArrival = [];

    public LinkConditions Conditions { get; set; } = new();

    /// <summary>Told when a datagram found nobody at its address: who sent it, where to, and its octets.</summary>
    public Action<PeerAddress, PeerAddress, byte[]>? Unreachable { get; set; }

    public long Lost { get; private set; }

    public void Bind(PeerAddress address, Action<PeerAddress, byte[]> receiver) => _receivers.Add(address, receiver);

    public void Unbind(PeerAddress address) => _receivers.Remove(address);

    public void Send(PeerAddress from, PeerAddress to, ReadOnlySpan<byte> octets)
    {
        var copies = Chance(Conditions.Duplication) ? 2 : 1;
        for (var copy = 0; copy < copies; copy++)
        {
            if (Chance(Conditions.Loss))
            {
                Lost++;
                continue;
            }

            var datagram = octets.ToArray();
            clock.At(ArrivalTick(from, to), () => Arrive(from, to, datagram));
        }
    }

    private long ArrivalTick(PeerAddress from, PeerAddress to)
    {
        var tick = clock.Now + Conditions.MinimumDelay;
        if (Conditions.MaximumDelay > Conditions.MinimumDelay)
        {
            tick += _random.Next(Conditions.MaximumDelay - Conditions.MinimumDelay + 1);
        }

        if (Chance(Conditions.Reordering))
        {
            return tick + _random.Next(Conditions.HoldBack + 1);
        }

        // Jitter alone does not reorder one path: a queue delays, it does not shuffle.
        tick = Math.Max(tick, _lastArrival.GetValueOrDefault((from, to)));
        _lastArrival[(from, to)] = tick;
        return tick;
    }

    private void Arrive(PeerAddress from, PeerAddress to, byte[] octets)
    {
        if (_receivers.TryGetValue(to, out var receiver))
        {
            receiver(from, octets);
        }
        else
        {
            Unreachable?.Invoke(from, to, octets);
        }
    }

    private bool Chance(double probability) => probability > 0 && _random.NextDouble() < probability;
}
