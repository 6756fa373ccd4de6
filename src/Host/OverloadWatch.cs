using System.Globalization;
using ImsSipFast.Engine.Diagnostics;

namespace ImsSipFast.Host;

/// <summary>
/// Tells of datagrams that were lost because we could not keep up: whoever measures with this proxy must hear of it,
/// also where no message is logged.
/// </summary>
internal sealed class OverloadWatch
{
    private static readonly (DropReason Reason, string Cause)[] Causes =
    [
        (DropReason.KernelOverflow, "the kernel's receive buffer was full (--receive-buffer-bytes)"),
        (DropReason.ShardQueueFull, "the queue of a shard was full (--shard-queue-length)"),
    ];

    private readonly long[] _known = new long[Causes.Length];

    /// <summary>One warning for each cause that has grown since the last call.</summary>
    public IEnumerable<string> Check(EngineMetrics metrics)
    {
        for (var i = 0; i < Causes.Length; i++)
        {
            var lost = metrics.Dropped(Causes[i].Reason);
            if (lost > _known[i])
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture, $"overload: {lost - _known[i]:N0} datagrams lost since the last look, {Causes[i].Cause}; {lost:N0} in all");
                _known[i] = lost;
            }
        }
    }
}
