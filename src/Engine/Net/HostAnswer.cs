using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Net;

/// <summary>What asking for a host name gave.</summary>
/// <param name="Addresses">In the order of trial, without ports, at most <see cref="HopList.MaxCount"/>; none when the name
/// has no address that our listeners can reach, or no server answered.</param>
/// <param name="LifetimeSeconds">How long the answer, or the failure, holds.</param>
internal readonly record struct HostAnswer(PeerAddress[] Addresses, int LifetimeSeconds);
