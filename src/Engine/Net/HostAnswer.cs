using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Net;

/// <summary>What asking for a host name gave.</summary>
/// <param name="Found">False when the name has no address that our listeners can reach, or nobody answered.</param>
/// <param name="Address">The first address, without a port.</param>
/// <param name="LifetimeSeconds">How long the answer, or the failure, holds.</param>
internal readonly record struct HostAnswer(bool Found, PeerAddress Address, int LifetimeSeconds);
