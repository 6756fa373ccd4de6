using System.Net;
using System.Net.Sockets;

namespace ImsSipFast.Engine.Net;

/// <summary>
/// The name servers that the machine is told to ask, resolv.conf(5). The DNS library finds them by the interfaces that are
/// up and so finds none on a machine with nothing but lo, whose stub resolver listens there.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="port">Port of the servers; the file has no place for it.</param>
internal sealed class ResolvConf(string path = "/etc/resolv.conf", int port = 53)
{
    // resolv.conf(5): MAXNS.
    private const int MostServers = 3;
    private const int LongestFile = 1 << 16;

    private DateTime _readAt;
    private IPEndPoint[]? _servers;

    /// <summary>
    /// The servers; the same array until the file changes, and nothing when there is none in it. One caller at a time.
    /// </summary>
    public IPEndPoint[] Servers()
    {
        try
        {
            var changedAt = File.GetLastWriteTimeUtc(path);
            if (_servers is null || changedAt != _readAt)
            {
                _servers = new FileInfo(path) is { Exists: true, Length: <= LongestFile } ? Parse(File.ReadAllText(path), port) : [];
                _readAt = changedAt;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It may be there again for the next question.
            _servers ??= [];
        }

        return _servers;
    }

    /// <summary>The <c>nameserver</c> lines, in their order.</summary>
    public static IPEndPoint[] Parse(string text, int port = 53)
    {
        var servers = new List<IPEndPoint>();
        foreach (var line in text.Split('\n'))
        {
            // Comments have # or ; in the first column, and people put them behind an address too.
            var words = line.Split('#', ';')[0].Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words is ["nameserver", var server, ..] && servers.Count < MostServers && IPAddress.TryParse(server, out var address)
                && address.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6)
            {
                servers.Add(new IPEndPoint(address, port));
            }
        }

        return [.. servers];
    }
}
