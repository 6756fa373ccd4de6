using System.Net;
using ImsSipFast.Engine.Diagnostics;

namespace ImsSipFast.Host;

/// <summary>What the host needs of an engine.</summary>
internal interface IEngine
{
    IReadOnlyList<IPEndPoint> BoundEndPoints { get; }

    int ReceiveBufferBytes { get; }

    IReadOnlyList<DecisionLog> Decisions { get; }

    DateTimeOffset TickZero { get; }

    Task StartAsync();

    Task<IReadOnlyList<(string Name, long Count)>> StopAsync();

    EngineMetrics Metrics();
}
