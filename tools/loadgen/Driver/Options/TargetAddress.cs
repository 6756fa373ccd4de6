using System.CommandLine;
using System.Net;
using System.Net.Sockets;

namespace ImsSipFast.LoadGen.Driver.Options;

/// <summary>The address behind the name of a target.</summary>
internal static class TargetAddress
{
    /// <summary>What --target says, or the usual one.</summary>
    public static IPEndPoint Of(ParseResult parsed) => Resolve(parsed.Or(PlanOptions.Target, new DnsEndPoint("127.0.0.1", 5060)));

    /// <summary>The first address of a name.</summary>
    public static IPEndPoint Resolve(DnsEndPoint name)
    {
        if (IPAddress.TryParse(name.Host, out var literal))
        {
            return new IPEndPoint(literal, name.Port);
        }

        try
        {
            return new IPEndPoint(Dns.GetHostAddresses(name.Host)[0], name.Port);
        }
        catch (SocketException unknown)
        {
            throw new UnavailableException($"{name.Host}: no address for this name ({unknown.Message})");
        }
    }
}
