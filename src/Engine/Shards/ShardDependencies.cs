using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Keys;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Registrar;
using ImsSipFast.Engine.Routing;
using ImsSipFast.Engine.Timing;

namespace ImsSipFast.Engine.Shards;

/// <summary>What a shard is given: all of it is shared or made at the edge, so that a test can make it too.</summary>
/// <param name="Options">Validated options.</param>
/// <param name="Timers">The durations in ticks.</param>
/// <param name="Elements">The network elements; listeners name them by their place here.</param>
/// <param name="Neighbours">Who is near.</param>
/// <param name="Location">The bindings of all shards.</param>
/// <param name="Pool">Where kept messages live: a part of this shard alone.</param>
/// <param name="Sender">Where datagrams go out.</param>
/// <param name="Resolver">Host names to addresses.</param>
/// <param name="Routes">The routing table.</param>
/// <param name="Keys">One key a purpose.</param>
/// <param name="Wall">The wall clock, for Date headers only.</param>
/// <param name="Store">Where bindings are committed to.</param>
internal sealed record ShardDependencies(
    SipEngineOptions Options,
    SipTimers Timers,
    IReadOnlyList<ElementDefinition> Elements,
    Neighbours Neighbours,
    LocationService Location,
    MessagePool Pool,
    IMessageSender Sender,
    IHostResolver Resolver,
    IRouteLookup Routes,
    EngineKeys Keys,
    WallClock Wall,
    IBindingStore Store);
