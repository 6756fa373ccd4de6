using System.Text;
using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Registrar;

/// <summary>
/// Which phone a Contact belongs to, and by which of its flows (RFC 5626 §4.1, §4.2).
/// <code>
/// Contact: &lt;sip:…;transport=…&gt;;+sip.instance="&lt;urn:uuid:…&gt;";reg-id=1
/// </code>
/// </summary>
internal readonly ref struct ContactInstance
{
    private readonly ReadOnlySpan<byte> _instance;
    private readonly ReadOnlySpan<byte> _registration;
    private readonly ReadOnlySpan<byte> _transport;

    private ContactInstance(ReadOnlySpan<byte> instance, ReadOnlySpan<byte> registration, ReadOnlySpan<byte> transport)
    {
        _instance = instance;
        _registration = registration;
        _transport = transport;
    }

    /// <summary>Reads it from a Contact URI and the parameters behind it; false when the phone does not say.</summary>
    public static bool TryRead(ReadOnlySpan<byte> uri, ReadOnlySpan<byte> parameters, out ContactInstance instance)
    {
        ReadOnlySpan<byte> id = default;
        ReadOnlySpan<byte> registration = default;
        var walk = new Parameters(parameters);
        while (walk.Next())
        {
            id = walk.Is("+sip.instance"u8) ? walk.Value : id;
            registration = walk.Is("reg-id"u8) ? walk.Value : registration;
        }

        ReadOnlySpan<byte> transport = "udp"u8;
        if (!id.IsEmpty && SipUri.TryParse(uri, out var parsed) && parsed.TryGetParameter("transport"u8, out var named))
        {
            transport = named;
        }

        instance = new ContactInstance(id, registration, transport);
        return !id.IsEmpty;
    }

    /// <summary>True for the same flow of the same phone over the same transport.</summary>
    public bool Is(in ContactInstance other) =>
        _instance.SequenceEqual(other._instance) && _registration.SequenceEqual(other._registration)
        && Ascii.EqualsIgnoreCase(_transport, other._transport);
}
