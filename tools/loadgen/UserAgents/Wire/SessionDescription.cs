namespace ImsSipFast.LoadGen.Wire;

/// <summary>The session description of every offer and answer: the user agents send no media.</summary>
internal static class SessionDescription
{
    public static string Text(string host)
    {
        var address = host.Trim('[', ']');
        var version = host.StartsWith('[') ? "IP6" : "IP4";
        return $"v=0\no=- 1 1 IN {version} {address}\ns=-\nc=IN {version} {address}\nt=0 0\nm=audio 49170 RTP/AVP 8 101\n"
            + "a=rtpmap:8 PCMA/8000\na=rtpmap:101 telephone-event/8000\n";
    }
}
