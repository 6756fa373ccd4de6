using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Shards;

/// <summary>The network elements of a shard; most have one.</summary>
/// <param name="listeners">All listeners, each of one element.</param>
/// <param name="all">In the order of their numbers.</param>
internal sealed class Elements(ListenerTable listeners, Element[] all)
{
    /// <summary>All of them.</summary>
    public ReadOnlySpan<Element> All => all;

    /// <summary>The element whose listener a message came by.</summary>
    public Element At(in Flow flow) => all.Length == 1 ? all[0] : all[listeners[flow.Listener].Element];
}
