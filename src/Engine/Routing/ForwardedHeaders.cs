using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Routing;

/// <summary>What goes into the header of a message on its way on and depends on where it goes and what came of it.</summary>
internal static class ForwardedHeaders
{
    /// <summary>A request (RFC 3261 §16.6 steps 4 and 6): what its role wants, and the Route values that lead to its next hop.</summary>
    public static HeaderEdits OfRequest(scoped in RoutedRequest request, scoped in NextHop hop, IRole role, HeaderEdits edits)
    {
        role.Edit(edits, request, hop);

        if (!hop.RoutesAdded.IsEmpty)
        {
            // RFC 3327 §5.3: the Path of a binding.
            edits.Add(HeaderName.Route, HeaderOperation.Prepend, hop.RoutesAdded);
        }

        if (!hop.RouteAppended.IsEmpty)
        {
            // A strict router takes the next Request-URI from the end of Route. As the only Route it goes towards the top.
            var hasRoutes = request.Message.Has(HeaderName.Route) || !hop.RoutesAdded.IsEmpty;
            var writer = edits.Begin(HeaderName.Route, hasRoutes ? HeaderOperation.Append : HeaderOperation.Prepend);
            writer.Write((byte)'<');
            writer.Write(hop.RouteAppended);
            writer.Write((byte)'>');
            edits.End(writer);
        }

        return edits;
    }

    /// <summary>A response (RFC 3261 §16.7 step 8): what its role wants; the request that it answers is null when it is not kept.</summary>
    public static HeaderEdits OfResponse(SipMessage response, RawMessage? request, IRole role, HeaderEdits edits)
    {
        role.EditResponse(edits, response, request);
        return edits;
    }

    /// <summary>
    /// A 401 or 407 (RFC 3261 §16.7 step 7): the challenges that all branches were given take the place of its own,
    /// which it need not have.
    /// </summary>
    public static HeaderEdits OfChallenge(SipMessage response, ReadOnlySpan<byte> challenges, HeaderEdits edits)
    {
        var (own, other) = (HeaderName.WwwAuthenticate, HeaderName.ProxyAuthenticate);
        if ((uint)response.Headers.FirstOf(other) < (uint)response.Headers.FirstOf(own))
        {
            (own, other) = (other, own);
        }

        if (!challenges.IsEmpty)
        {
            edits.AddLines(own, HeaderOperation.Replace, challenges);
            edits.Remove(other);
        }

        return edits;
    }

    /// <summary>
    /// A CANCEL (RFC 3326 §2, §3.1): what the caller said; else the final response of another branch for which this one is
    /// cancelled. Without it each phone of a group shows a call that was answered as a missed one.
    /// </summary>
    public static HeaderEdits OfCancel(ResponseContext context, HeaderEdits edits)
    {
        if (context.IsCancelled || context.CancelStatus == 0)
        {
            if (!context.CancelReasons.IsEmpty)
            {
                edits.AddLines(HeaderName.Reason, HeaderOperation.Append, context.CancelReasons);
            }

            return edits;
        }

        var writer = edits.Begin(HeaderName.Reason, HeaderOperation.Append);
        writer.Write("SIP;cause="u8);
        writer.Write(context.CancelStatus);
        writer.Write(context.CancelStatus < 300 ? ";text=\"Call completed elsewhere\""u8 : default);
        edits.End(writer);
        return edits;
    }
}
