using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Routing;

/// <summary>Why branches of one request failed here: each reason once for each host name, the one that the response stands for first.</summary>
internal sealed class FailureList
{
    /// <summary>As many as a caller reads.</summary>
    public const int MaxCount = 8;

    // RFC 1035 §3.1: a name has at most 255 octets.
    private const int LongestName = 255;

    private readonly List<(FailureReason Reason, Slice Host)> _entries = [];
    private byte[] _hosts = [];
    private int _used;
    private int _first;

    /// <summary>How many there are.</summary>
    public int Count => _entries.Count;

    /// <summary>A reason, and the host name that it is about: only what may stand in one, empty where the reason has none.</summary>
    public FailureReason Get(int index, out ReadOnlySpan<byte> host)
    {
        var (reason, kept) = _entries[index == 0 ? _first : index <= _first ? index - 1 : index];
        host = kept.Of(_hosts);
        return reason;
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _entries.Clear();
        _used = _first = 0;
    }

    /// <summary>Takes one in, before all others when the response stands for it; what is too much is left out.</summary>
    public void Add(FailureReason reason, ReadOnlySpan<byte> host, bool isFirst)
    {
        var kept = Keep(host);
        var at = _entries.Count - 1;
        while (at >= 0 && !(_entries[at].Reason == reason && _entries[at].Host.Of(_hosts).SequenceEqual(kept.Of(_hosts))))
        {
            at--;
        }

        if (at < 0 && _entries.Count < MaxCount)
        {
            at = _entries.Count;
            _entries.Add((reason, kept));
        }
        else if (at < 0 && isFirst)
        {
            at = MaxCount - 1;
            _entries[at] = (reason, kept);
        }
        else
        {
            _used = kept.Start;
        }

        _first = isFirst ? at : _first;
    }

    private Slice Keep(ReadOnlySpan<byte> host)
    {
        var length = Math.Min(host.Length, LongestName);
        if (_used + length > _hosts.Length)
        {
            Array.Resize(ref _hosts, _used + length);
        }

        var slice = new Slice((ushort)_used, (ushort)length);
        for (var i = 0; i < length; i++)
        {
            // It goes between quotes.
            _hosts[_used++] = char.IsAsciiLetterOrDigit((char)host[i]) || host[i] is (byte)'.' or (byte)'-' or (byte)'_' ? host[i] : (byte)'?';
        }

        return slice;
    }
}
