using System.Text;

namespace ImsSipFast.Engine.Parsing;

/// <summary>The option tags of SIP extensions that the engine understands (RFC 3261 §19.2).</summary>
internal static class OptionTags
{
    /// <summary>The value of a Supported header field of our own.</summary>
    public static ReadOnlySpan<byte> Supported => "path"u8;

    /// <summary>True when we understand what the tag asks for.</summary>
    public static bool IsSupported(ReadOnlySpan<byte> tag) => Ascii.EqualsIgnoreCase(tag, Supported);

    /// <summary>True when every tag of Require or Proxy-Require is one that we understand.</summary>
    public static bool AreSupported(SipMessage request, HeaderName header)
    {
        var tags = request.Values(header);
        while (tags.Next())
        {
            if (!IsSupported(tags.Current))
            {
                return false;
            }
        }

        return true;
    }
}
