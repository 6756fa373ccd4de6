using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Agents;

/// <summary>Keeps what the requests of a dialog are made of (RFC 3261 §12.1).</summary>
internal sealed class Dialogs(AgentContext context, Requests requests)
{
    private readonly byte[] _routes = new byte[2 * 65_536];

    /// <summary>The calling end: out of the 2xx. False when it has no Contact to speak to.</summary>
    public bool Confirm(ref Leg leg, scoped in SipView response)
    {
        if (response.Contact.IsEmpty)
        {
            return false;
        }

        // A later 2xx (of a re-INVITE) says it all anew: the room is used again, but for the challenge.
        Rewind(ref leg);
        KeepRoutes(ref leg, response, reversed: true);
        leg.LocalParty = context.Legs.Append(ref leg, response[response.From]);
        leg.RemoteParty = context.Legs.Append(ref leg, response[response.To]);
        leg.CallId = context.Legs.Append(ref leg, response[response.CallId]);
        Span<byte> user = stackalloc byte[1 + SlotValues.UserDigits];
        user[0] = (byte)'a';
        Digits.WritePadded(user[1..], leg.Local);
        leg.User = context.Legs.Append(ref leg, user);
        leg.Flags |= LegFlags.InDialog;
        return true;
    }

    /// <summary>The called end: out of the request that makes the dialog. False without Contact.</summary>
    public bool Accept(ref Leg leg, scoped in SipView request)
    {
        if (request.Contact.IsEmpty)
        {
            return false;
        }

        KeepRoutes(ref leg, request, reversed: false);
        leg.Flags |= LegFlags.InDialog;
        return true;
    }

    /// <summary>The called end: who speaks, out of the head of its response.</summary>
    public static void KeepParties(ref Leg leg, in HeadParts head)
    {
        leg.RemoteParty = head.From with { Start = leg.Head.Start + head.From.Start };
        leg.LocalParty = head.To with { Start = leg.Head.Start + head.To.Start };
        leg.CallId = head.CallId with { Start = leg.Head.Start + head.CallId.Start };
    }

    /// <summary>Keeps a challenge; 'W' or 'P' before it says how it is answered.</summary>
    public void KeepChallenge(ref Leg leg, bool proxy, ReadOnlySpan<byte> challenge)
    {
        var mark = context.Legs.Append(ref leg, proxy ? "P"u8 : "W"u8);
        var rest = context.Legs.Append(ref leg, challenge);
        leg.Challenge = mark with { Length = 1 + rest.Length };
    }

    private static void Rewind(ref Leg leg)
    {
        if (leg.Has(LegFlags.InDialog) && leg.Challenge.End <= leg.Target.Start)
        {
            leg.TextLength = leg.Challenge.End;
        }
    }

    private void KeepRoutes(ref Leg leg, scoped in SipView message, bool reversed)
    {
        var length = RouteSet.Write(_routes, message, reversed, out var target, out var nextHop);
        leg.Target = context.Legs.Append(ref leg, message[target]);
        leg.Routes = context.Legs.Append(ref leg, _routes.AsSpan(0, length));
        leg.NextHop = requests.Resolve(message[nextHop]);
    }
}
