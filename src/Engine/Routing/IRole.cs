using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Routing;

/// <summary>
/// What an element decides within RFC 3261 §16; the proxy core does the rest, in this order. One for each element of a
/// shard: a proxy with a registrar, an edge proxy and a serving one differ in their roles and in nothing else.
/// <code>
/// request:  §16.3, §16.4 → Admit → Place → §16.6 (Edit: for each copy) → next hop
/// response: §16.7 → EditResponse → upstream
/// </code>
/// A decision that needs an answer from outside is asked for (<see cref="RoleVerdict.Ask"/>); when the answer is there,
/// both are called anew with it. A request that is asked about has a transaction of its own already: its retransmissions
/// are absorbed, and its caller may cancel it.
/// </summary>
internal interface IRole
{
    /// <summary>
    /// After §16.3 and §16.4: may the request go on? Says too whether we are the end of its way
    /// (<see cref="RoutedRequest.EndsHere"/>).
    /// </summary>
    /// <param name="request">The request as route preprocessing left it.</param>
    /// <param name="answer">The answer to what the role asked; null at first.</param>
    RoleVerdict Admit(ref RoutedRequest request, Completion? answer);

    /// <summary>RFC 3261 §16.5: where does it go?</summary>
    /// <param name="request">An admitted request.</param>
    /// <param name="targets">Empty before; has at least one target when the verdict is to proceed.</param>
    /// <param name="answer">The answer to what the role asked; null at first.</param>
    RoleVerdict Place(in RoutedRequest request, TargetSet targets, Completion? answer);

    /// <summary>
    /// RFC 3261 §16.6: what goes into the header of each copy of the request, beside our Via, Max-Forwards and the Route
    /// that leads to its next hop.
    /// </summary>
    /// <param name="edits">Empty before.</param>
    /// <param name="request">The request.</param>
    /// <param name="hop">Where the copy goes.</param>
    void Edit(HeaderEdits edits, in RoutedRequest request, in NextHop hop);

    /// <summary>RFC 3261 §16.7 step 8: what becomes of the header of a response that is passed on, beside our Via.</summary>
    /// <param name="edits">Empty before.</param>
    /// <param name="response">The response as it came, in octets that are ours.</param>
    /// <param name="request">The request that it answers, as it came; null when it is not kept any more.</param>
    void EditResponse(HeaderEdits edits, SipMessage response, RawMessage? request);

    /// <summary>Lets go of a part of what it did not need since the last call; most roles keep nothing.</summary>
    void Trim()
    {
    }
}
