using System.Globalization;
using System.Text.RegularExpressions;

namespace ImsSipFast.Host.Tests.Flows;

/// <summary>What a host said when it ended: its counters and what was left.</summary>
internal sealed partial record HostReport(
    long Received, long Answered, long Forwarded, long Absorbed, long Dropped, string DropReasons, long Sent, long SentAgain,
    long Registrations, long CallsAnswered, long Undeliverable, string Ledger)
{
    /// <summary>Nothing was held any more.</summary>
    public bool NothingIsLeft => Ledger.EndsWith(": nothing is left", StringComparison.Ordinal);

    /// <summary>Asks the host to stop, waits for its end in good order and reads its last lines. The counters must balance.</summary>
    public static async Task<HostReport> StopAsync(HostProcess host)
    {
        host.Signal(HostProcess.SigTerm);
        return await ReadAsync(host);
    }

    /// <summary>The same for a host that was asked already.</summary>
    public static async Task<HostReport> ReadAsync(HostProcess host)
    {
        Assert.Equal(0, await host.ExitCodeAsync());
        Assert.Empty(host.Errors);
        var text = string.Join('\n', host.Output);
        Assert.True(Balance().Match(text) is { Success: true }, host.Transcript());
        Assert.DoesNotContain("] faults: ", text, StringComparison.Ordinal);
        var (balance, sent, others) = (Balance().Match(text), SentLine().Match(text), Others().Match(text));
        var report = new HostReport(
            Number(balance, "received"),
            Number(balance, "answered"),
            Number(balance, "forwarded"),
            Number(balance, "absorbed"),
            Number(balance, "dropped"),
            DropLine().Match(text).Groups["reasons"].Value,
            Number(sent, "sent"),
            Number(sent, "again"),
            Number(others, "registrations"),
            Number(others, "calls"),
            Number(others, "undeliverable"),
            LedgerLine().Match(text).Groups["ledger"].Value);
        Assert.Equal(report.Received, report.Answered + report.Forwarded + report.Absorbed + report.Dropped);
        return report;
    }

    private static long Number(Match match, string name) =>
        long.Parse(match.Groups[name].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\] received (?<received>\S+) = answered (?<answered>\S+) \+ forwarded (?<forwarded>\S+) \+ absorbed (?<absorbed>\S+) \+ dropped (?<dropped>\S+): balances", RegexOptions.ExplicitCapture)]
    private static partial Regex Balance();

    [GeneratedRegex(@"\] dropped: (?<reasons>.*)", RegexOptions.ExplicitCapture)]
    private static partial Regex DropLine();

    [GeneratedRegex(@"\] sent (?<sent>\S+), of them retransmissions (?<again>[\d,]+);", RegexOptions.ExplicitCapture)]
    private static partial Regex SentLine();

    [GeneratedRegex(@"\] registrations (?<registrations>\S+), calls answered (?<calls>\S+), bindings expired \S+, requests undeliverable (?<undeliverable>\S+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Others();

    [GeneratedRegex(@"\] state ledger: (?<ledger>.*)", RegexOptions.ExplicitCapture)]
    private static partial Regex LedgerLine();
}
