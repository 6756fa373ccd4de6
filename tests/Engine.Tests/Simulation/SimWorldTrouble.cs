using System.Text;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>Makes happen what the plan of a world says goes wrong.</summary>
internal sealed class SimWorldTrouble(SimWorld world, SimTestBed bed, IReadOnlyList<SimWorldAgent> agents)
{
    /// <summary>Somebody who is no user agent: what comes from him is no good.</summary>
    public static readonly PeerAddress Stranger = PeerAddress.FromV4(0x7F00_00C8, 7777);

    private static readonly byte[] s_delimiters = [.. "\r\n \t,;:<>\"\\@=0\0"u8];

    private readonly SimWorldChance _chance = new(world.Plan.Seed, stream: 3);

    public void Schedule()
    {
        var plan = world.Plan;
        world.Log.Name(Stranger, "X");
        world.Bind(Stranger, static (_, _) => { });
        if (plan.ReportsClosedPorts)
        {
            bed.ReportClosedPorts();
        }

        plan.Restarts.ForEach(r => bed.Clock.At(r.Tick, () => Restart(agents[r.Agent], r.AwayMilliseconds)));
        plan.ClockSteps.ForEach(s => bed.Clock.At(s.Tick, () => Step(s.Milliseconds)));
        plan.Storms.ForEach(s => bed.Clock.At(s.Tick, () => Storm(s.Milliseconds)));
        plan.Noise.ForEach(tick => bed.Clock.At(tick, SendNoise));
        plan.ForgedNotices.ForEach(tick => bed.Clock.At(tick, ForgeNotice));
        plan.BentCopies.ForEach(tick => bed.Clock.At(tick, SendBentCopy));
        if (plan.DrainTick > 0)
        {
            bed.Clock.At(plan.DrainTick, () =>
            {
                world.Log.Note(world.Now, "the proxy drains");
                world.Witness.IsDraining = true;
                bed.BeginDrain();
            });
        }
    }

    private void Restart(SimWorldAgent agent, int awayMilliseconds)
    {
        if (!agent.IsUp)
        {
            return;
        }

        world.Log.Note(world.Now, $"{agent.Traits.Name} restarts and is away for {awayMilliseconds} ms");
        agent.PowerOff();
        bed.Clock.At(world.Now + awayMilliseconds, agent.PowerOn);
    }

    private void Step(int milliseconds)
    {
        world.Log.Note(world.Now, $"the clock of the proxy steps by {milliseconds} ms");
        world.Witness.Step(milliseconds);
        bed.Engine.ClockOffset += milliseconds;
    }

    private void Storm(int milliseconds)
    {
        world.Log.Note(world.Now, $"a storm of {milliseconds} ms");
        bed.Network.Conditions = world.Plan.Link with { Loss = 0.8, Reordering = 0.3 };
        bed.Clock.At(world.Now + milliseconds, () => bed.Network.Conditions = world.Plan.Link);
    }

    private void SendNoise()
    {
        var octets = new byte[_chance.Between(0, 300)];
        _chance.Fill(octets);
        var request = $"{_chance.Pick(["INVITE", "REGISTER", "ACK", "CANCEL", "OPTIONS", "FOO"])} sip:{_chance.Pick(["u0", "group0", "nobody"])}@home.test SIP/2.0\r\n"
            + $"Via: SIP/2.0/UDP {Stranger};branch=z9hG4bK-x{_chance.Between(0, 9)}\r\nFrom: <sip:x@x>;tag=1\r\nTo: <sip:y@y>\r\n"
            + $"Call-ID: noise-{_chance.Between(0, 9)}\r\nCSeq: 1 {_chance.Pick(["INVITE", "REGISTER", "FOO"])}\r\nMax-Forwards: {_chance.Between(0, 2)}\r\n";
        Inject(_chance.Weighted(
            (1, octets),
            (1, "\r\n\r\n"u8.ToArray()),
            (1, Encoding.Latin1.GetBytes(request)),
            (1, Encoding.Latin1.GetBytes(request + "To: again\r\n\r\n")),
            (1, Encoding.Latin1.GetBytes(request + "Content-Length: 900\r\n\r\nshort")),
            (1, Encoding.Latin1.GetBytes($"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP {world.Plan.Options.Listen[0].EndPoint};branch=z9hG4bK0\r\nCSeq: 1 INVITE\r\n\r\n"))));
    }

    /// <summary>A notice about something that was sent not long ago, cut as a kernel cuts it. It is not true.</summary>
    private void ForgeNotice()
    {
        if (bed.Engine.Sent.Count == 0)
        {
            return;
        }

        var (_, to, octets) = bed.Engine.Sent[^_chance.Between(1, Math.Min(4, bed.Engine.Sent.Count))];
        world.Log.Note(world.Now, $"a forged notice about {Encoding.Latin1.GetString(octets).Split("\r\n")[0]}");
        bed.Engine.Undelivered(
            PeerAddress.From(world.Plan.Options.Listen[0].EndPoint), to, octets[..Math.Min(octets.Length, _chance.Between(20, 600))]);
    }

    /// <summary>A copy of something that was sent not long ago, with a few octets changed, cut or doubled.</summary>
    private void SendBentCopy()
    {
        if (world.Log.Recent(_chance.Between(1, 30)) is not { } octets)
        {
            return;
        }

        for (var i = _chance.Between(1, 4); i > 0 && octets.Length > 1; i--)
        {
            var at = _chance.Between(0, octets.Length - 1);
            switch (_chance.Between(0, 3))
            {
                case 0:
                    octets[at] ^= (byte)(1 << _chance.Between(0, 7));
                    break;
                case 1:
                    octets = octets[..at];
                    break;
                case 2:
                    octets = [.. octets[..at], .. octets[Math.Max(0, at - _chance.Between(1, 40))..]];
                    break;
                default:
                    octets[at] = _chance.Pick(s_delimiters);
                    break;
            }
        }

        Inject(octets);
    }

    private void Inject(byte[] octets) => world.Send(Stranger, PeerAddress.From(_chance.Pick(world.Plan.Options.Listen).EndPoint), octets);
}
