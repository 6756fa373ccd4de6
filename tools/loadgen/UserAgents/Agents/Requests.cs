using ImsSipFast.LoadGen.Auth;
using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Agents;

/// <summary>Renders and sends the requests of a leg. A request rendered again is the same request.</summary>
internal sealed class Requests(AgentContext context)
{
    private readonly byte[] _credentials = new byte[8192];
    private readonly byte[] _uri = new byte[512];
    private readonly AgentSettings _settings = context.Settings;
    private readonly DigestCredentials _digest = new(context.Settings.Plan.Password ?? "");

    /// <summary>Sends the request under way, for the first time or again.</summary>
    public void Send(ref Leg leg)
    {
        var template = TemplateOf(leg);
        var values = new SlotValues
        {
            Token = _settings.Token,
            Leg = leg.Id,
            Transaction = leg.Transaction,
            Local = leg.Local,
            Remote = leg.Remote,
            CSeq = leg.CSeq,
            Number = leg.Number,
            Credentials = Credentials(leg, leg.Method, leg.Has(LegFlags.InDialog), leg.NonceCount),
        };
        AddDialog(ref values, leg);
        SendTo(leg, template, values);
    }

    /// <summary>ACK for a 2xx: everything it says is in the 2xx (RFC 3261 §13.2.2.4), so it needs no leg that lives.</summary>
    /// <returns>False when the 2xx leads nowhere.</returns>
    public bool AcknowledgeSuccess(Side side, int phase, ulong leg, byte transaction, scoped in SipView response, ReadOnlySpan<byte> credentials)
    {
        if (response.Contact.IsEmpty)
        {
            return false;
        }

        Span<byte> routes = stackalloc byte[RouteRoom];
        if (response.Bytes.Length > RouteRoom / 2)
        {
            routes = new byte[2 * response.Bytes.Length];
        }

        var length = RouteSet.Write(routes, response, reversed: true, out var target, out var nextHop);
        var values = new SlotValues
        {
            Token = _settings.Token,
            Leg = leg,
            Transaction = (byte)(transaction | AckBit),
            CSeq = response.CSeq,
            Target = response[target],
            Routes = routes[..length],
            Credentials = credentials,
            LocalParty = response[response.From],
            RemoteParty = response[response.To],
            CallId = response[response.CallId],
        };
        var to = Resolve(response[nextHop]);
        context.Send(side, _settings.Requests[(int)side].InDialog[(int)Method.Ack]!.Render(context.Datagrams.Room(side), values), to, phase);
        return true;
    }

    /// <summary>ACK for a final failure: the branch of its INVITE, and the To of the response (RFC 3261 §17.1.1.3).</summary>
    public void AcknowledgeFailure(Side side, int phase, ulong leg, byte transaction, scoped in SipView response)
    {
        var values = new SlotValues
        {
            Token = _settings.Token,
            Leg = leg,
            Transaction = transaction,
            CSeq = response.CSeq,
            Target = response[Parameters.UriOf(response.Bytes, response.To)],
            LocalParty = response[response.From],
            RemoteParty = response[response.To],
            CallId = response[response.CallId],
        };
        var to = _settings.Target;
        if (context.Legs.IsLive(leg))
        {
            ref var live = ref context.Legs.At(LegTable.IndexOf(leg));
            if (live.Has(LegFlags.InDialog))
            {
                values.Target = context.Legs.Text(live, live.Target);
                values.Routes = context.Legs.Text(live, live.Routes);
                to = live.NextHop;
            }
        }

        context.Send(side, _settings.Requests[(int)side].InDialog[(int)Method.Ack]!.Render(context.Datagrams.Room(side), values), to, phase);
    }

    /// <summary>Authorization headers for the ACK of a 2xx: those of its INVITE (RFC 3261 §22.1).</summary>
    public ReadOnlySpan<byte> AckCredentials(scoped in Leg leg) =>
        Credentials(leg, Method.Invite, leg.HasAll(LegFlags.InDialog | LegFlags.ReInvited), leg.InviteNonceCount);

    /// <summary>Authorization headers for the request under way; empty when the leg was not challenged.</summary>
    private ReadOnlySpan<byte> Credentials(scoped in Leg leg, Method method, bool inDialog, uint nonceCount)
    {
        if (leg.Challenge.IsEmpty)
        {
            return default;
        }

        var letter = leg.Has(LegFlags.Fork) && leg.Kind == LegKind.Registration ? 'f' : leg.Side == Side.Calling ? 'a' : 'b';
        Span<byte> user = stackalloc byte[1 + SlotValues.UserDigits];
        user[0] = (byte)letter;
        Digits.WritePadded(user[1..], leg.Local);
        var uri = inDialog ? context.Legs.Text(leg, leg.Target) : InitialUri(leg, method);
        var length = _digest.Write(_credentials, context.Legs.Text(leg, leg.Challenge), MethodName.Wire(method), uri, user, nonceCount);
        return _credentials.AsSpan(0, length);
    }

    /// <summary>Where a URI leads; a name leads to the proxy, which may look it up.</summary>
    public Peer Resolve(ReadOnlySpan<byte> uri) => HostPort.TryRead(uri, out var peer) ? peer : _settings.Target;

    /// <summary>The bit that makes the branch of an ACK for a 2xx out of that of its INVITE.</summary>
    public const byte AckBit = 0x80;

    private const int RouteRoom = 4096;

    private ReadOnlySpan<byte> InitialUri(scoped in Leg leg, Method method)
    {
        var template = method == Method.Register ? _settings.RegistrarUri : leg.Has(LegFlags.Fork) ? _settings.ForkUri : _settings.CalledUri;
        return _uri.AsSpan(0, template.Render(_uri, new SlotValues { Remote = leg.Remote }));
    }

    private void AddDialog(ref SlotValues values, scoped in Leg leg)
    {
        if (leg.Has(LegFlags.InDialog))
        {
            values.Target = context.Legs.Text(leg, leg.Target);
            values.Routes = context.Legs.Text(leg, leg.Routes);
            values.LocalParty = context.Legs.Text(leg, leg.LocalParty);
            values.RemoteParty = context.Legs.Text(leg, leg.RemoteParty);
            values.CallId = context.Legs.Text(leg, leg.CallId);
            values.User = context.Legs.Text(leg, leg.User);
        }
    }

    private Template TemplateOf(in Leg leg)
    {
        var all = _settings.Requests[(int)leg.Side];
        var fork = leg.Has(LegFlags.Fork);
        if (leg.Has(LegFlags.InDialog))
        {
            return leg.Kind == LegKind.Notifier && leg.Has(LegFlags.Ending) ? all.LastNotify : all.InDialog[(int)leg.Method]!;
        }

        return leg.Method switch
        {
            Method.Invite => fork ? all.ForkInvite : all.Invite,
            Method.Cancel => fork ? all.ForkCancel : all.Cancel,
            Method.Register => fork ? all.ForkRegister : all.Register,
            Method.Message => all.Message,
            Method.Options => all.Options,
            _ => all.Subscribe,
        };
    }

    private void SendTo(in Leg leg, Template template, scoped in SlotValues values)
    {
        var to = leg.Has(LegFlags.InDialog) ? leg.NextHop : _settings.Target;
        context.Send(leg.Side, template.Render(context.Datagrams.Room(leg.Side), values), to, leg.Phase);
    }
}
