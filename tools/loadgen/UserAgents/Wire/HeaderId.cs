using System.Text;

namespace ImsSipFast.LoadGen.Wire;

/// <summary>The headers that a user agent looks at.</summary>
internal static class HeaderId
{
    public const int Other = 0;
    public const int Via = 1;
    public const int RecordRoute = 2;
    public const int Challenge = 3;
    public const int From = 4;
    public const int To = 5;
    public const int CallId = 6;
    public const int CSeq = 7;
    public const int Contact = 8;
    public const int Expires = 9;
    public const int ContentLength = 10;

    /// <summary>RFC 3261 §7.3.1, §7.3.3: names in any case, some also in one letter.</summary>
    public static int Read(ReadOnlySpan<byte> name) => name.Length switch
    {
        1 => (name[0] | 0x20) switch
        {
            'v' => Via,
            'f' => From,
            't' => To,
            'i' => CallId,
            'm' => Contact,
            'l' => ContentLength,
            _ => Other,
        },
        2 => Is(name, "to"u8) ? To : Other,
        3 => Is(name, "via"u8) ? Via : Other,
        4 => Is(name, "from"u8) ? From : Is(name, "cseq"u8) ? CSeq : Other,
        7 => Is(name, "call-id"u8) ? CallId : Is(name, "contact"u8) ? Contact : Is(name, "expires"u8) ? Expires : Other,
        12 => Is(name, "record-route"u8) ? RecordRoute : Other,
        14 => Is(name, "content-length"u8) ? ContentLength : Other,
        16 => Is(name, "www-authenticate"u8) ? Challenge : Other,
        18 => Is(name, "proxy-authenticate"u8) ? Challenge : Other,
        _ => Other,
    };

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> known) =>
        (name[0] | 0x20) == known[0] && Ascii.EqualsIgnoreCase(name, known);
}
