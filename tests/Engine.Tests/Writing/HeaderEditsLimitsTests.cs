using System.Text;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Writing;
using static ImsSipFast.Engine.Tests.Writing.WritingBench;

namespace ImsSipFast.Engine.Tests.Writing;

/// <summary>A list of edits has a fixed size: what finds no room in it is said, and the message overflows by it.</summary>
public sealed class HeaderEditsLimitsTests
{
    private const string Head = "MESSAGE sip:b@y SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\nMax-Forwards: 70\r\n";
    private const string Tail = "From: <sip:a@x>;tag=1\r\nTo: <sip:b@y>\r\nCall-ID: c\r\nCSeq: 1 MESSAGE\r\nContent-Length: 0\r\n\r\n";

    [Fact]
    public void There_are_only_so_many_names()
    {
        static void Remove(HeaderEdits edits, int count)
        {
            for (var i = 0; i < count; i++)
            {
                edits.Remove(Encoding.Latin1.GetBytes($"X-{i}"));
                edits.Remove("X-0"u8);
            }
        }

        AssertRoom(static edits => Remove(edits, HeaderEdits.MostNames), isEnough: true);
        AssertRoom(static edits => Remove(edits, HeaderEdits.MostNames + 1), isEnough: false);
    }

    [Fact]
    public void There_are_only_so_many_lines()
    {
        static void Add(HeaderEdits edits, int count)
        {
            for (var i = 0; i < count; i++)
            {
                edits.Add("X"u8, HeaderOperation.Append, "1"u8);
            }
        }

        AssertRoom(static edits => Add(edits, HeaderEdits.MostLines), isEnough: true);
        AssertRoom(static edits => Add(edits, HeaderEdits.MostLines + 1), isEnough: false);
    }

    [Fact]
    public void There_are_only_so_many_octets()
    {
        // The octets of a name that the engine does not read are in the room too.
        var enough = "X-YX-Y: 1\r\n".Length;
        for (var octets = 0; octets <= enough + 1; octets++)
        {
            AssertRoom(static edits => edits.Add("X-Y"u8, HeaderOperation.Append, "1"u8), octets >= enough, octets);
        }

        for (var octets = 0; octets <= 12; octets++)
        {
            AssertRoom(static edits => edits.Add(HeaderName.Reason, HeaderOperation.Append, "1"u8), octets >= "Reason: 1\r\n".Length, octets);
            AssertRoom(static edits => edits.AddLines(HeaderName.Reason, HeaderOperation.Append, "k: 1\r\n"u8), octets >= "k: 1\r\n".Length, octets);
            AssertRoom(static edits => edits.Remove("P-Key"u8), octets >= "P-Key".Length, octets);
        }
    }

    [Fact]
    public void A_list_that_is_cleared_is_as_new()
    {
        var edits = new HeaderEdits(octets: 8);
        edits.Add("X-Name"u8, HeaderOperation.Append, "1"u8);
        Assert.True(edits.Overflowed);
        edits.Clear();
        Assert.Equal((false, 0UL, 0), (edits.Overflowed, edits.Names, edits.NameCount));
        edits.Add("To"u8, HeaderOperation.Append, "1"u8);
        Assert.False(edits.Overflowed);
        var writer = new SipWriter(new byte[100]);
        edits.WriteLines(ref writer);
        Assert.Equal("To: 1\r\n", Encoding.Latin1.GetString(writer.Written));
    }

    /// <summary>One list serves message after message, and nothing is allocated for any of them.</summary>
    [Fact]
    public void Edits_allocate_nothing()
    {
        var edits = new HeaderEdits();
        var request = Parse(Head + "Subject: x\r\nk: a\r\nP-Asserted-Identity: a\r\nSupported: b\r\n" + Tail);
        var response = Parse("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP ours\r\nVia: SIP/2.0/UDP a\r\nk: a\r\ns: x\r\nSupported: b\r\n" + Tail);
        var room = new byte[4096];

        AllocationAssert.None(Write);

        void Write()
        {
            edits.Clear();
            edits.Remove("Subject"u8);
            edits.Add(HeaderName.Supported, HeaderOperation.Append, "c"u8);
            edits.Add("P-Asserted-Identity"u8, HeaderOperation.Replace, "b"u8);
            var line = edits.Begin("P-Charging-Vector"u8, HeaderOperation.Prepend);
            line.Write(42);
            edits.End(line);
            var writer = new SipWriter(room);
            ForwardedRequestWriter.Write(ref writer, request, new RequestEdits { Headers = edits, RequestUri = "sip:b@y"u8, SentBy = "h"u8, Branch = "b"u8 });
            Assert.False(writer.Overflowed);
            writer = new SipWriter(room);
            ForwardedResponseWriter.Write(ref writer, response, edits);
            Assert.False(writer.Overflowed);
        }
    }

    private static void AssertRoom(Action<HeaderEdits> edit, bool isEnough, int octets = 4096)
    {
        var edits = new HeaderEdits(octets);
        edit(edits);
        Assert.Equal(!isEnough, edits.Overflowed);

        var request = new SipWriter(new byte[4096]);
        ForwardedRequestWriter.Write(ref request, Parse(Head + Tail), new RequestEdits { Headers = edits, RequestUri = "sip:b@y"u8, SentBy = "h"u8, Branch = "b"u8 });
        Assert.Equal(!isEnough, request.Overflowed);

        var response = new SipWriter(new byte[4096]);
        ForwardedResponseWriter.Write(ref response, Parse("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP ours\r\nVia: SIP/2.0/UDP a\r\n" + Tail), edits);
        Assert.Equal(!isEnough, response.Overflowed);

        var cancel = new SipWriter(new byte[4096]);
        HopRequestWriter.WriteCancel(ref cancel, Parse(Head + Tail), edits);
        Assert.Equal(!isEnough, cancel.Overflowed);
    }
}
