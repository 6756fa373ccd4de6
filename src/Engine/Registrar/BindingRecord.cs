namespace ImsSipFast.Engine.Registrar;

/// <summary>
/// A binding in a form that outlives the process: no tick, no index of a listener, no hash under a key of this start.
/// Texts are octets as they came.
/// </summary>
internal sealed record BindingRecord
{
    /// <summary>Key of the registration set: the address-of-record where that is registered alone.</summary>
    public required byte[] RegistrationSet { get; init; }

    /// <summary>The Contact URI.</summary>
    public required byte[] ContactUri { get; init; }

    /// <summary>The Contact's header parameters, <c>+sip.instance</c> and <c>reg-id</c> among them; without <c>expires</c>.</summary>
    public required byte[] ContactParameters { get; init; }

    /// <summary>Path values joined by commas.</summary>
    public required byte[] Path { get; init; }

    /// <summary>Preference in thousandths.</summary>
    public required int QValue { get; init; }

    /// <summary>When it expires, in milliseconds since 1970.</summary>
    public required long ExpiresUnixMilliseconds { get; init; }

    /// <summary>Call-ID of its last REGISTER.</summary>
    public required byte[] CallId { get; init; }

    /// <summary>CSeq number of its last REGISTER.</summary>
    public required uint CSeq { get; init; }

    /// <summary>Transport and address that its REGISTER came from: <c>udp:192.0.2.1:5060</c>. A connection is not kept.</summary>
    public required string Source { get; init; }

    /// <summary>Transport and address of ours that it came to: <c>udp:192.0.2.9:5060</c>.</summary>
    public required string Listener { get; init; }
}
