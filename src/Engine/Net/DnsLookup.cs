using System.Net;
using DnsClient;
using DnsClient.Protocol;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Net;

/// <summary>
/// Asks name servers for the addresses of a host: A first when we listen on IPv4, AAAA when there is none or we
/// listen on IPv6 alone.
/// </summary>
/// <param name="v4">We listen on IPv4.</param>
/// <param name="v6">We listen on IPv6.</param>
/// <param name="nameServers">Whom to ask; null for those of the machine.</param>
/// <param name="machine">Where the machine names them.</param>
internal sealed class DnsLookup(bool v4, bool v6, IPEndPoint[]? nameServers = null, ResolvConf? machine = null)
{
    /// <summary>How long a failure holds when nothing says how long, in seconds.</summary>
    public const int DefaultFailureSeconds = 10;

    /// <summary>How long a failure holds at most, in seconds: a name that was just set up should not wait for long.</summary>
    public const int LongestFailureSeconds = 60;

    private readonly ResolvConf _machine = machine ?? new ResolvConf();
    private readonly Lock _gate = new();
    private LookupClient? _client;
    private IPEndPoint[]? _asked;

    /// <summary>Asks; every failure is an answer, never an exception.</summary>
    public async Task<HostAnswer> Ask(string host)
    {
        var failure = new HostAnswer([], DefaultFailureSeconds);
        try
        {
            var client = Client();
            foreach (var type in Types())
            {
                var response = await client.QueryAsync(host, type).ConfigureAwait(false);
                if (AddressesIn(response) is { Length: > 0 } addresses)
                {
                    // A CNAME on the way may be the first to expire.
                    return new HostAnswer(addresses, response.Answers.Min(static r => r.InitialTimeToLive));
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

    private LookupClient Client()
    {
        lock (_gate)
        {
            var servers = nameServers ?? _machine.Servers();
            if (_client is null || servers != _asked)
            {
                // None named, as on Windows: the library finds them.
                _client = new LookupClient(Options(servers.Length == 0 ? null : servers));
                _asked = servers;
            }

            return _client;
        }
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

    // In the order of the answer, which its server turns from query to query to spread the load.
    private static PeerAddress[] AddressesIn(IDnsQueryResponse response) => response.HasError ? []
        : [.. response.Answers.OfType<AddressRecord>().Select(static r => PeerAddress.From(r.Address, 0)).Take(HopList.MaxCount)];

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
