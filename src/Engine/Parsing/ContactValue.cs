namespace ImsSipFast.Engine.Parsing;

/// <summary>One Contact of a REGISTER or of a 3xx: its URI and the parameters that the registrar and forking read.</summary>
internal ref struct ContactValue
{
    /// <summary>The value as written, parameters included.</summary>
    public NameAddr Address;

    /// <summary>The parsed URI; meaningful when <see cref="UriIsValid"/>.</summary>
    public SipUri Uri;

    /// <summary>True when the URI parses.</summary>
    public bool UriIsValid;

    /// <summary>Thousandths, 1000 when there is no q.</summary>
    public int QValue;

    /// <summary>True when there is an <c>expires</c> parameter, even one that is no number.</summary>
    public bool HasExpires;

    /// <summary>Seconds of the <c>expires</c> parameter, or -1 when there is none or it is no number (RFC 3261 §10.2: it counts as the default).</summary>
    public long ExpiresSeconds;

    /// <summary>Parses one element of a Contact header; false when it is malformed (a <c>*</c> is not an element).</summary>
    public static bool TryParse(ReadOnlySpan<byte> element, out ContactValue contact)
    {
        contact = default;
        contact.QValue = 1000;
        contact.ExpiresSeconds = -1;
        if (!NameAddr.TryParse(element, out contact.Address))
        {
            return false;
        }

        contact.UriIsValid = SipUri.TryParse(contact.Address.Uri, out contact.Uri);
        var walk = new Parameters(contact.Address.Parameters);
        while (walk.Next())
        {
            if (walk.Is("q"u8))
            {
                if (!Scan.TryQValue(walk.Value, out contact.QValue))
                {
                    return false;
                }
            }
            else if (walk.Is("expires"u8))
            {
                contact.HasExpires = true;
                contact.ExpiresSeconds = Scan.TrySeconds(walk.Value, out var seconds) ? seconds : -1;
            }
        }

        return contact.UriIsValid && !walk.IsMalformed;
    }
}
