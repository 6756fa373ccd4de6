using System.Runtime.InteropServices;
using System.Text;
using ImsSipFast.Engine;
using ImsSipFast.Host.Log;
using Microsoft.Extensions.Logging;

namespace ImsSipFast.Host;

/// <summary>One run of the engine: up, announced, watched, and down again when a signal asks for it.</summary>
internal sealed class SipEngineService(HostOptions options, SipEngine engine, OperatorLog log, Stream output, bool coloured)
{
    private const long WorthCollecting = 64 << 20;
    private static readonly TimeSpan OverloadInterval = TimeSpan.FromSeconds(10);

    /// <summary>Runs until a signal, then drains and reports.</summary>
    public async Task RunAsync(StopSignals signals)
    {
        await engine.StartAsync().ConfigureAwait(false);

        // From here on the rings keep what is to be told, also of a REGISTER that comes before the banner is written.
        log.Watch(engine.Decisions, () => engine.TickZero);

        // The banner comes first on the console: the log's thread writes to it only from here on.
        Print(Banner.Text(options, engine.BoundEndPoints, engine.ReachedEndPoints, engine.ReceiveBufferBytes));
        log.Announce($"listening on {string.Join(", ", engine.BoundEndPoints.Select(static e => $"udp:{e}"))}, mode {options.Engine.Mode.ToString().ToLowerInvariant()}");
        log.Start();

        var signal = await WatchUntilAsync(signals.First).ConfigureAwait(false);
        log.Announce($"{StopSignals.NameOf(signal)}: draining for up to {options.Engine.DrainTimeout} s, new calls get 503; once more ends at once");
        var ledger = await engine.StopAsync().ConfigureAwait(false);
        foreach (var line in FinalReport.Counters(engine.Metrics()).Concat(FinalReport.Ledger(ledger, engine.Faults)))
        {
            log.Announce(line);
        }
    }

    private async Task<PosixSignal> WatchUntilAsync(Task<PosixSignal> signal)
    {
        var overload = new OverloadWatch();
        var collected = 0L;
        while (await Task.WhenAny(signal, Task.Delay(OverloadInterval)).ConfigureAwait(false) != signal)
        {
            foreach (var warning in overload.Check(engine.Metrics()))
            {
                log.Write(LogLevel.Warning, warning);
            }

            // Steady traffic allocates nothing, so nothing else would ever collect what the shards let go after a peak.
            var released = engine.Metrics().ReleasedOctets;
            if (released - collected >= WorthCollecting)
            {
                collected = released;
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
            }
        }

        return await signal.ConfigureAwait(false);
    }

    private void Print(string banner)
    {
        var firstLine = banner.IndexOf('\n', StringComparison.Ordinal);
        var text = coloured ? $"\e[1m{banner[..firstLine]}\e[0m{banner[firstLine..]}" : banner;
        try
        {
            output.Write(Encoding.UTF8.GetBytes(text));
            output.Flush();
        }
        catch (IOException)
        {
            // The console is gone; the calls go through all the same.
        }
    }
}
