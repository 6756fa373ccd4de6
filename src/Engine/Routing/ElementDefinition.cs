using ImsSipFast.Engine.Registrar;

namespace ImsSipFast.Engine.Routing;

/// <summary>One network element as it is configured: every shard makes one of its own of it.</summary>
/// <param name="Identity">Its listeners and domains; shared by all shards.</param>
/// <param name="CreateRole">Makes what decides in it, for one shard.</param>
internal sealed record ElementDefinition(LocalIdentity Identity, Func<RoleDependencies, IRole> CreateRole);

/// <summary>What a role may be made of.</summary>
/// <param name="Environment">What the proxy core shares.</param>
/// <param name="Registrar">The registrar of the shard.</param>
/// <param name="Responder">Responses of our own.</param>
internal readonly record struct RoleDependencies(ProxyEnvironment Environment, RegistrarCore Registrar, Responder Responder);
