using System.Globalization;
using System.Net;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine;

/// <summary>The range of one numeric option; the Host builds its command line, help and README table from these.</summary>
/// <param name="Key">Property name of <see cref="SipEngineOptions"/>.</param>
/// <param name="Minimum">Least value allowed.</param>
/// <param name="Maximum">Greatest value allowed.</param>
/// <param name="Unit">Unit of the value.</param>
/// <param name="Meaning">One line for the help text.</param>
/// <param name="Get">Reads the value.</param>
/// <param name="Set">Writes the value.</param>
public sealed record OptionRange(
    string Key, double Minimum, double Maximum, string Unit, string Meaning, Func<SipEngineOptions, double> Get, Action<SipEngineOptions, double> Set);

/// <summary>Every numeric option with its range: the one place where ranges are written down.</summary>
public static class OptionRanges
{
    /// <summary>Timers first, then limits, in the order of the help text.</summary>
    public static IReadOnlyList<OptionRange> All { get; } =
    [
        new("T1", 0.01, 10, "s", "round-trip estimate: first retransmission interval", o => o.T1, (o, v) => o.T1 = v),
        new("T2", 0.01, 60, "s", "longest retransmission interval", o => o.T2, (o, v) => o.T2 = v),
        new("T4", 0.01, 60, "s", "longest time a message stays in the network", o => o.T4, (o, v) => o.T4 = v),
        new("TimerC", 1, 86_400, "s", "INVITE without a final answer is cancelled; the RFC wants over 180", o => o.TimerC, (o, v) => o.TimerC = v),
        new("DialogTimeout", 1, 604_800, "s", "idle dialog is forgotten", o => o.DialogTimeout, (o, v) => o.DialogTimeout = v),
        new("PendingTimeout", 1, 86_400, "s", "pending non-INVITE request is forgotten", o => o.PendingTimeout, (o, v) => o.PendingTimeout = v),
        new("BranchTimeout", 1, 86_400, "s", "longest wait for a cancelled INVITE branch; 64*T1 when sooner", o => o.BranchTimeout, (o, v) => o.BranchTimeout = v),
        new("RegistrationCheck", 1, 86_400, "s", "interval of the clean-up summary", o => o.RegistrationCheck, (o, v) => o.RegistrationCheck = v),
        new("DrainTimeout", 0, 3_600, "s", "longest wait on stop for calls that are up and requests without an answer", o => o.DrainTimeout, (o, v) => o.DrainTimeout = v),
        new("DefaultExpires", 1, 604_800, "s", "expiry of a binding that asks for none", o => o.DefaultExpires, (o, v) => o.DefaultExpires = (int)v),
        new("MinExpires", 1, 3_600, "s", "shortest expiry of a binding; less gets 423", o => o.MinExpires, (o, v) => o.MinExpires = (int)v),
        new("MaxExpires", 60, 604_800, "s", "longest expiry of a binding; more is shortened", o => o.MaxExpires, (o, v) => o.MaxExpires = (int)v),
        new("MaxBindingsPerAor", 1, 1_000, "bindings", "of one address-of-record; one more gets 403", o => o.MaxBindingsPerAor, (o, v) => o.MaxBindingsPerAor = (int)v),
        new("MaxBindings", 1, 100_000_000, "bindings", "in all; one more gets 503", o => o.MaxBindings, (o, v) => o.MaxBindings = (int)v),
        new("MaxContactLength", 64, 8_192, "octets", "of one Contact or Path; more gets 400", o => o.MaxContactLength, (o, v) => o.MaxContactLength = (int)v),
        new("MaxContactOctetsPerAor", 256, 1_000_000, "octets", "of all Contacts, Paths and Call-IDs of one address-of-record; more gets 403", o => o.MaxContactOctetsPerAor, (o, v) => o.MaxContactOctetsPerAor = (int)v),
        new("MaxAdoptedDomains", 0, 100_000, "domains", "adopted as ours in loopback mode", o => o.MaxAdoptedDomains, (o, v) => o.MaxAdoptedDomains = (int)v),
        new("MaxTransactions", 100, 50_000_000, "transactions", "live in all; a request beyond gets 503", o => o.MaxTransactions, (o, v) => o.MaxTransactions = (int)v),
        new("MaxTargets", 1, 256, "targets", "of one request; further ones are not tried", o => o.MaxTargets, (o, v) => o.MaxTargets = (int)v),
        new("MaxBreadth", 1, 1_000, "branches", "Max-Breadth of a request that has none, or more", o => o.MaxBreadth, (o, v) => o.MaxBreadth = (int)v),
        new("MaxDialogs", 0, 50_000_000, "dialogs", "observed in all; calls beyond go through unobserved", o => o.MaxDialogs, (o, v) => o.MaxDialogs = (int)v),
        new("MaxHeaders", 16, 4_096, "fields", "of one message; more gets 400", o => o.MaxHeaders, (o, v) => o.MaxHeaders = (int)v),
        new("MaxMessageLength", 1_024, 65_535, "octets", "of one message; longer ones are dropped", o => o.MaxMessageLength, (o, v) => o.MaxMessageLength = (int)v),
        new("ShardQueueLength", 64, 1_000_000, "datagrams", "waiting for one shard, one beyond 4096 octets counts as several; more are dropped", o => o.ShardQueueLength, (o, v) => o.ShardQueueLength = (int)v),
        new("Memory", 0, 1_099_511_627_776, "octets", "kept for calls and registrations; what is new gets 503 in the last eighth of it; 0 takes half of what there is", o => o.Memory, (o, v) => o.Memory = (long)v),
        new("MaxPendingLookups", 1, 100_000, "look-ups", "of host names in flight; a branch beyond fails", o => o.MaxPendingLookups, (o, v) => o.MaxPendingLookups = (int)v),
        new("ReceiveBufferBytes", 65_536, 1_073_741_824, "octets", "SO_RCVBUF asked of the kernel", o => o.ReceiveBufferBytes, (o, v) => o.ReceiveBufferBytes = (int)v),
        new("Shards", 0, 256, "shards", "0 takes one a processor", o => o.Shards, (o, v) => o.Shards = (int)v),
    ];

    internal static OptionError? Check(SipEngineOptions options, IList<string> warnings)
    {
        foreach (var range in All)
        {
            var value = range.Get(options);
            if (!(value >= range.Minimum && value <= range.Maximum))
            {
                return new OptionError(range.Key, Text(value), $"{Text(range.Minimum)} to {Text(range.Maximum)} {range.Unit}");
            }
        }

        if (options.Listen.Count is 0 or > 64)
        {
            return new OptionError(nameof(options.Listen), Text(options.Listen.Count), "1 to 64 addresses");
        }

        if (options.Listen.FirstOrDefault(static l => l.Transport != Transport.Udp) is { } other)
        {
            return new OptionError(nameof(options.Listen), other.ToString(), "udp:ADDR:PORT; the other transports are not available yet");
        }

        if (options.Secret.Length is > 0 and < Keys.EngineKeys.RootLength)
        {
            return new OptionError(nameof(options.Secret), $"{options.Secret.Length} octets", $"at least {Keys.EngineKeys.RootLength} octets");
        }

        // Loopback mode trusts all that reaches it, so nothing but this machine may.
        if (options.Mode == NetworkMode.Loopback && options.Listen.FirstOrDefault(static l => !IPAddress.IsLoopback(l.EndPoint.Address)) is { } open)
        {
            return new OptionError(nameof(options.Listen), open.ToString(), "loopback addresses in mode loopback; for phones on other machines choose mode lan or nat");
        }

        if (options.T2 < options.T1)
        {
            return new OptionError(nameof(options.T2), Text(options.T2), $"at least T1 ({Text(options.T1)} s)");
        }

        if (options.MinExpires > options.MaxExpires)
        {
            return new OptionError(nameof(options.MinExpires), Text(options.MinExpires), $"at most MaxExpires ({options.MaxExpires} s)");
        }

        if (options.TimerC <= 180)
        {
            warnings.Add($"TimerC is {Text(options.TimerC)} s; RFC 3261 §16.6 wants more than 180 s");
        }

        return null;
    }

    private static string Text(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
