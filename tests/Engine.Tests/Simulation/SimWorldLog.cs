using System.Globalization;
using System.Text;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>
/// What happened in a world, in order: every datagram sent and arrived, every event of the plan. Its hash covers
/// ticks, addresses and all octets, so two runs with one hash are the same run.
/// </summary>
internal sealed class SimWorldLog
{
    private readonly List<(long Tick, string Mark, PeerAddress From, PeerAddress To, byte[] Octets)> _events = [];
    private readonly Dictionary<PeerAddress, string> _names = [];

    /// <summary>FNV-1a of everything so far.</summary>
    public ulong Hash { get; private set; } = 0xCBF2_9CE4_8422_2325;

    public int Count => _events.Count;

    public void Name(in PeerAddress address, string name) => _names[address] = name;

    public void Sent(long tick, in PeerAddress from, in PeerAddress to, byte[] octets) => Add(tick, ">", from, to, octets);

    public void Arrived(long tick, in PeerAddress from, in PeerAddress to, byte[] octets) => Add(tick, "<", from, to, octets);

    public void Note(long tick, string what) => Add(tick, "*", default, default, Encoding.Latin1.GetBytes(what));

    /// <summary>The last events, one a line: tick, sent or arrived, from, to, first line, Call-ID.</summary>
    public string Last(int count) =>
        string.Join('\n', _events.TakeLast(count).Select(e => $"{e.Tick.ToString(CultureInfo.InvariantCulture),9} {e.Mark} {Describe(e.From, e.To, e.Octets)}"));

    /// <summary>A copy of the octets of the event that many before the end; null when there are not so many.</summary>
    public byte[]? Recent(int before) => before <= _events.Count ? [.. _events[^before].Octets] : null;

    private void Add(long tick, string mark, in PeerAddress from, in PeerAddress to, byte[] octets)
    {
        _events.Add((tick, mark, from, to, octets));
        var hash = Mix(Mix(Hash, (ulong)tick), mark[0]);
        hash = Mix(Mix(hash, ((ulong)from.V4 << 16) | from.Port), ((ulong)to.V4 << 16) | to.Port);
        foreach (var octet in octets)
        {
            hash = Mix(hash, octet);
        }

        Hash = hash;
    }

    private string Describe(in PeerAddress from, in PeerAddress to, byte[] octets)
    {
        var message = SimWorldMessage.Read(octets);
        var line = Printable(Encoding.Latin1.GetString(octets).Split("\r\n")[0]);
        if (from.IsNone)
        {
            return line;
        }

        var about = message is null ? "" : $"   {message["CSeq"]} {message.CallId} {message.Branch}{Registration(message)}";
        return $"{NameOf(from),-4} {NameOf(to),-4} {line}{Printable(about)}";
    }

    private static string Registration(SimWorldMessage message) =>
        message.CSeqMethod == "REGISTER" ? $" {SimWorldMessage.UriOf(message["To"])} [{string.Join(", ", message.All("Contact"))}] {message["Expires"]}" : "";

    private static string Printable(string text) => string.Concat(text.Take(160).Select(static c => c is >= ' ' and < '\x7F' ? c : '.'));

    private string NameOf(in PeerAddress address) => _names.GetValueOrDefault(address) ?? address.ToString();

    private static ulong Mix(ulong hash, ulong value) => unchecked((hash ^ value) * 0x0000_0100_0000_01B3);
}
