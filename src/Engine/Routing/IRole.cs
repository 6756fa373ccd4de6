using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Routing;

/// <summary>
/// What an element decides within RFC 3261 §16; the proxy core does the rest, in this order. One for each element of a
/// shard: a proxy with a registrar, an edge proxy and a serving one differ in their roles and in nothing else.
/// <code>
/// §16.3, §16.4 → Admit → Place → §16.5 to §16.7
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
}
