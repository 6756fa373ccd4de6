using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Routing;

/// <summary>A refusal: what to answer and which rule says so.</summary>
/// <param name="StatusCode">0 when the request is not refused.</param>
/// <param name="Rule">Section of RFC 3261.</param>
/// <param name="WarnCode">Code of a Warning beside it (RFC 3261 §20.43), 0 for none.</param>
internal readonly record struct Refusal(int StatusCode, string Rule, int WarnCode = 0)
{
    /// <summary>Not refused.</summary>
    public static Refusal None => default;
}

/// <summary>RFC 3261 §16.3: what a request must pass before it is proxied.</summary>
internal static class RequestValidation
{
    // Header fields that leave room for a Via, a Record-Route and a tag of ours in a datagram.
    private const int MaxHeaderOctets = 60_000;

    /// <summary>
    /// Checks a request that parsed. Loops are looked for later, when the hash of its routing is known. On 420 the
    /// option tags are those of Proxy-Require.
    /// </summary>
    public static Refusal Check(ref RoutedRequest request)
    {
        var message = request.Message;

        // RFC 3261 §21.5.14: what we add, or send back, would not fit a datagram any more.
        if (message.Body.Start > MaxHeaderOctets)
        {
            return new Refusal(513, "21.5.14");
        }

        if (!SipUri.TryParse(message[message.RequestUri], out request.Uri))
        {
            return new Refusal(400, "16.3.1");
        }

        if (!RoutesAreWellFormed(message))
        {
            return new Refusal(400, "16.3.1");
        }

        // RFC 3261 §17: an ACK is never answered, and to drop one ends the call. It goes where its URI leads (§8.2.2.3:
        // whatever it requires), without what may not stand in a Request-URI.
        if (request.Method == SipMethod.Ack)
        {
            return Refusal.None;
        }

        // RFC 3261 §19.1.1, table 1: headers are not allowed in a Request-URI; they would smuggle a Route.
        if (request.Uri.IsSip && !request.Uri.Headers.IsEmpty)
        {
            return new Refusal(400, "19.1.1");
        }

        // RFC 3261 §16.3 item 3: a request that may go no further is refused, except where it may be for us: an OPTIONS
        // (§11) and a REGISTER (§10.3) are served here and not forwarded.
        if (message.MaxForwards == 0 && request.Method is not (SipMethod.Options or SipMethod.Register))
        {
            return new Refusal(483, "16.3.3");
        }

        // RFC 3261 §16.3 item 5; §8.2.2.3: a CANCEL is not refused for it.
        return request.Method != SipMethod.Cancel && !OptionTags.AreSupported(message, HeaderName.ProxyRequire)
            ? new Refusal(420, "16.3.5")
            : Refusal.None;
    }

    /// <summary>
    /// RFC 3261 §16.3 item 2: a scheme that we cannot resolve. Where a Route leads on, its next hop is what we have to
    /// understand (§16.6 items 6 and 7), and a tel or urn URI goes along it untouched.
    /// </summary>
    public static Refusal CheckRouted(in RoutedRequest request) =>
        !request.Uri.IsSip && request.NextRoute.IsEmpty ? new Refusal(416, "16.3.2") : Refusal.None;

    /// <summary>
    /// RFC 3261 §16.3 item 4 with RFC 5393 §4.2: a Via of ours with the same routing hash means that the request came
    /// back just as it was; with another hash it is a spiral, which is legal.
    /// </summary>
    public static bool IsLoop(in RoutedRequest request, LocalIdentity identity, Transactions.TransactionLayer transactions)
    {
        var message = request.Message;
        var values = message.Values(HeaderName.Via);
        while (values.Next())
        {
            if (Via.TryParse(message.Bytes, values.CurrentSlice.Start, values.CurrentSlice.End, out var via)
                && Transactions.BranchId.TryParse(message[via.Branch], out var branch)
                && identity.IsOwn(message, via)
                && transactions.LoopHashIn(branch) == request.LoopHash)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The hash of RFC 5393 §4.2.1: everything that decides where the request goes, and nothing that changes on the
    /// way (Via, Max-Forwards).
    /// </summary>
    public static ulong LoopHashOf(SipMessage message, ulong key)
    {
        var hash = new Hash64(key);
        hash.Add(message[message.RequestUri]);
        hash.Add(message[message.CallId]);
        hash.Add(message[message.FromTag]);
        hash.Add(message[message.ToTag]);
        hash.Add(message.CSeq.Number);
        AddAll(ref hash, message, HeaderName.Route);
        AddAll(ref hash, message, HeaderName.ProxyRequire);
        AddAll(ref hash, message, HeaderName.ProxyAuthorization);
        return hash.Value;
    }

    private static void AddAll(ref Hash64 hash, SipMessage message, HeaderName name)
    {
        for (var i = message.Headers.FirstOf(name); i >= 0; i = message.Headers.NextOf(i))
        {
            hash.Add(message[message.Headers[i].Value]);
        }
    }

    private static bool RoutesAreWellFormed(SipMessage message)
    {
        var routes = message.Values(HeaderName.Route);
        while (routes.Next())
        {
            if (!NameAddr.TryParse(routes.Current, out var route) || !SipUri.TryParse(route.Uri, out _))
            {
                return false;
            }
        }

        return true;
    }
}
