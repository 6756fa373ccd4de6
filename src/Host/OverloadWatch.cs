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
    private long _refused;

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

        if (metrics.RefusedForMemory > _refused)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"overload: {metrics.RefusedForMemory - _refused:N0} requests refused with 503 since the last look, --memory is nearly used up ({metrics.KeptOctets:N0} octets are kept); {metrics.RefusedForMemory:N0} in all");
            _refused = metrics.RefusedForMemory;
        }
    }
}
