namespace ImsSipFast.Engine.Routing;

/// <summary>The request that a shard works on now, whichever of its elements does: what an exception would end.</summary>
internal sealed class RequestInHand
{
    /// <summary>Its context, once it has one.</summary>
    public ResponseContext? Context { get; set; }
}
