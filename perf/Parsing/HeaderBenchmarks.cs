using BenchmarkDotNet.Attributes;
using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Perf.Parsing;

/// <summary>What is read on demand, from a message that is parsed already.</summary>
[MemoryDiagnoser]
public class HeaderBenchmarks
{
    private readonly SipMessage _invite = Messages.Parse(Messages.InviteWithSdp);
    private readonly SipMessage _lists = Messages.Parse(Messages.CommaLists);
    private readonly SipMessage _long = Messages.Parse(Messages.Long);

    /// <summary>A field that the index knows by name.</summary>
    [Benchmark]
    public int FirstValue() => _invite.FirstValue(HeaderName.Contact).Length;

    /// <summary>A field that is not there, among 100.</summary>
    [Benchmark]
    public bool Absent() => _long.Has(HeaderName.Route);

    /// <summary>The Via below the top one.</summary>
    [Benchmark]
    public int NextVia() => _invite.TryGetNextVia(out var via) ? via.Host.Length : -1;

    /// <summary>One Contact: name-addr, URI, q and expires.</summary>
    [Benchmark]
    public int Contact() => ContactValue.TryParse(_invite.FirstValue(HeaderName.Contact), out var contact) ? contact.QValue : -1;

    /// <summary>Eight Contacts in one list.</summary>
    [Benchmark]
    public int ContactList()
    {
        var sum = 0;
        var values = _lists.Values(HeaderName.Contact);
        while (values.Next())
        {
            sum += ContactValue.TryParse(values.Current, out var contact) ? contact.QValue : -1;
        }

        return sum;
    }

    /// <summary>Eight Routes in one list, each with its URI.</summary>
    [Benchmark]
    public int RouteList()
    {
        var sum = 0;
        var values = _lists.Values(HeaderName.Route);
        while (values.Next())
        {
            sum += NameAddr.TryParse(values.Current, out var route) && SipUri.TryParse(route.Uri, out var uri) && uri.HasParameter("lr"u8) ? 1 : 0;
        }

        return sum;
    }

    /// <summary>A name-addr with display name and tag.</summary>
    [Benchmark]
    public int NameAddress() => NameAddr.TryParse(_lists.FirstValue(HeaderName.From), out var from) ? from.Tag.Length : -1;

    /// <summary>A URI with port and two parameters.</summary>
    [Benchmark]
    public int Uri() => SipUri.TryParse("sip:alice@client.atlanta.example.com:5060;transport=udp;lr"u8, out var uri) ? uri.Port : -1;
}
