using ImsSipFast.Engine.Routing;

namespace ImsSipFast.Engine.Shards;

/// <summary>
/// One network element within a shard: who it is, what it decides (its role) and the proxy core that does the rest. The
/// elements of a shard share its transactions, timers, dialogs and registrar, but each has its listeners, its Vias and its
/// transactions: they speak to each other by real hops (<see cref="LocalHops"/>).
/// </summary>
internal sealed class Element
{
    public Element(ElementDefinition definition, ShardParts parts, ShardDependencies services)
    {
        Environment = new ProxyEnvironment
        {
            ShardIndex = parts.Index,
            Options = services.Options,
            Identity = definition.Identity,
            Neighbours = services.Neighbours,
            ListenerChoice = new ListenerChoice(definition.Identity.Listeners, services.Routes, definition.Identity.Element),
            Location = services.Location,
            Resolver = services.Resolver,
            Answers = parts.Answers,
            InHand = parts.InHand,
            Transactions = parts.Transactions,
            Resources = parts.Resources,
            Dialogs = parts.Dialogs,
            Recorder = parts.Recorder,
            Keys = services.Keys.CreateProxyKeys(),
            KeptView = parts.KeptView,
            MaxTransactions = parts.MaxTransactions,
        };
        var responder = new Responder(Environment);
        Core = new ProxyCore(Environment, definition.CreateRole(new RoleDependencies(Environment, parts.Registrar, responder)), responder);
    }

    /// <summary>What its proxy core shares.</summary>
    public ProxyEnvironment Environment { get; }

    /// <summary>Its proxy core.</summary>
    public ProxyCore Core { get; }
}
