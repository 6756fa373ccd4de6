using System.Net;
using DnsClient;
using DnsClient.Protocol;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Net;

/// <summary>
/// Asks name servers for the addresses of a host: A first when we listen on IPv4, AAAA when there is none or we
/// listen on IPv6 alone.
/// </summary>
internal sealed class DnsLookup(bool v4, bool v6, IPEndPoint[]? nameServers = null)
{
    /// <summary>How long a failure holds when nothing says how long, in seconds.</summary>
    public const int DefaultFailureSeconds = 10;

    /// <summary>How long a failure holds at most, in seconds: a name that was just set up should not wait for long.</summary>
    public const int LongestFailureSeconds = 60;

    private readonly Lazy<LookupClient> _client = new(() => new LookupClient(Options(nameServers)));

    /// <summary>Asks; every failure is an answer, never an exception.</summary>
    public async Task<HostAnswer> Ask(string host)
    {
        var failure = new HostAnswer(false, default, DefaultFailureSeconds);
        try
        {
            foreach (var type in Types())
            {
                var response = await _client.Value.QueryAsync(host, type).ConfigureAwait(false);
                if (FirstAddress(response) is { } address)
                {
                    // A CNAME on the way may be the first to expire.
                    return new HostAnswer(true, PeerAddress.From(address, 0), response.Answers.Min(static r => r.InitialTimeToLive));
                }

                failure = failure with { LifetimeSeconds = FailureSeconds(response) };
            }
        }
        catch (Exception e) when (e is DnsResponseException or ArgumentException or InvalidOperationException or System.Net.Sockets.SocketException)
        {
            // No server answered, none is configured, or the name cannot be asked for.
        }

        return failure;
    }

    private IEnumerable<QueryType> Types()
    {
        if (v4)
        {
            yield return QueryType.A;
        }

        if (v6)
        {
            yield return QueryType.AAAA;
        }
    }

    private static IPAddress? FirstAddress(IDnsQueryResponse response) =>
        response.HasError ? null : response.Answers.OfType<AddressRecord>().FirstOrDefault()?.Address;

    // RFC 2308 §5: a negative answer holds for the lesser of the SOA's own TTL and its minimum field.
    private static int FailureSeconds(IDnsQueryResponse response) =>
        response.Authorities.OfType<SoaRecord>().FirstOrDefault() is { } soa
            ? (int)Math.Min(Math.Min(soa.Minimum, soa.InitialTimeToLive), LongestFailureSeconds)
            : DefaultFailureSeconds;

    private static LookupClientOptions Options(IPEndPoint[]? nameServers)
    {
        // The cache is ours: asked with a span, without allocating. Two tries of two seconds end well before Timer B.
        var options = nameServers is null ? new LookupClientOptions() : new LookupClientOptions(nameServers);
        options.UseCache = false;
        options.ThrowDnsErrors = false;
        options.Timeout = TimeSpan.FromSeconds(2);
        options.Retries = 1;
        return options;
    }
}
