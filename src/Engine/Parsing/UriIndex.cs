using ImsSipFast.Engine.Diagnostics;

namespace ImsSipFast.Engine.Parsing;

/// <summary>
/// Finds the URI of a list that equals another one, first octet by octet and then by RFC 3261 §19.1.4. The list itself
/// and its texts are its owner's, who adds each URI here in the same order.
/// </summary>
internal sealed class UriIndex
{
    /// <summary>
    /// URIs of one user, host and port that are compared parameter by parameter with a new one. They differ in parameters
    /// that another URI may lack, so no hash keeps them apart, and their senders choose how many there are: beyond these
    /// a URI equals only its own octets.
    /// </summary>
    public const int MaxCompared = 8;

    private readonly HashChains _byOctets = new();
    private readonly HashChains _byParts = new();
    private int _compared;

    /// <summary>URIs in it.</summary>
    public int Count => _byOctets.Count;

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _byOctets.Clear();
        _byParts.Clear();
    }

    /// <summary>Adds the next URI of the list.</summary>
    public void Add(ReadOnlySpan<byte> text) => _byOctets.Add(OctetsHash(text));

    /// <summary>The next URI of the list that may be <paramref name="text"/> octet for octet, or -1; the caller compares.</summary>
    public int FindSame(ReadOnlySpan<byte> text) => _byOctets.Find(OctetsHash(text));

    /// <summary>The next one after that, or -1.</summary>
    public int FindNextSame(int index) => _byOctets.FindNext(index);

    /// <summary>URIs whose parts are known; the caller adds those of the others before it asks for one that is alike.</summary>
    public int PartsKnown => _byParts.Count;

    /// <summary>Adds the parts of the next URI whose octets are in already.</summary>
    public void AddParts(ReadOnlySpan<byte> text) =>
        _byParts.Add(SipUri.TryParse(text, out var uri) ? UriComparison.HashOf(uri) : 0);

    /// <summary>A URI of the list that may be equivalent, or -1; the caller compares.</summary>
    public int FindAlike(in SipUri uri)
    {
        _compared = 0;
        return _byParts.Find(UriComparison.HashOf(uri));
    }

    /// <summary>The next one after that; -1 when there is none, or enough have been compared.</summary>
    public int FindNextAlike(int index) => ++_compared < MaxCompared ? _byParts.FindNext(index) : -1;

    private static int OctetsHash(ReadOnlySpan<byte> text)
    {
        Steps.Block(text.Length);
        var hash = default(HashCode);
        hash.AddBytes(text);
        return hash.ToHashCode();
    }
}
