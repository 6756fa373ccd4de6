using System.Text;
using CsCheck;
using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Tests.Parsing;

/// <summary>Whatever part of a message arrives, the parser says so: nothing thrown, nothing read beyond the end.</summary>
public sealed class EveryPrefixTests
{
    /// <summary>
    /// Messages of the corpus that are no SIP: a heading of the RFC's text was cut in with two of them, and in one the
    /// RFC itself folds a Record-Route without white space.
    /// </summary>
    private static readonly string[] s_broken =
        ["2.5/F04_F4-401-Unauthorized-SIP-Server-Bob.sip", "3.10/F04_F4-INVITE-Proxy-2-Bob.sip", "3.11/F14_F14-ACK-Alice-Proxy-1.sip"];

    [Fact]
    public void Every_message_of_RFC_3665_parses_and_no_prefix_of_it_does()
    {
        var message = new SipMessage();
        var files = Corpus.Files("torture/rfc3665", "*.sip");
        Assert.Equal(181, files.Count);
        foreach (var (name, bytes) in files)
        {
            for (var length = 0; length < bytes.Length; length++)
            {
                // The rest of the message still lies behind the prefix: only the length says where it ends.
                Assert.False(SipParser.TryParse(bytes, length, message), $"{name} cut to {length} octets");
                Assert.True(message.End <= length);
                Corpus.ReadEverything(message);
            }

            SipParser.TryParse(bytes, bytes.Length, message);
            Assert.True(message.Error == (s_broken.Contains(name) ? ParseError.BadHeaderLine : ParseError.None), $"{name}: {message.Error}");
            Assert.Equal(bytes.Length, message.End);
            Assert.True(Corpus.ReadEverything(message) >= 4, name);
        }
    }

    [Fact]
    public void Every_prefix_of_a_message_with_every_kind_of_value_is_refused()
    {
        var bytes = Encoding.Latin1.GetBytes(Corpus.Invite.ReplaceLineEndings("\r\n"));
        var message = new SipMessage();
        for (var length = 0; length < bytes.Length - 1; length++)
        {
            Assert.False(SipParser.TryParse(bytes[..length], length, message));
            Corpus.ReadEverything(message);
        }

        Assert.True(SipParser.TryParse(bytes, bytes.Length, message), message.Error.ToString());
    }

    [Fact]
    public void No_change_of_a_few_octets_makes_it_throw()
    {
        var original = Encoding.Latin1.GetBytes(Corpus.Invite.ReplaceLineEndings("\r\n"));
        var octet = Gen.OneOf(Gen.Byte, Gen.OneOf("\r\n \t\0;,:<>\"@%?=&[]*\\"u8.ToArray()));
        var change = Gen.Select(Gen.Int[0, original.Length - 1], octet, Gen.Int[0, 2]);
        change.Array[1, 6].Sample(
            changes =>
            {
                var bytes = original.ToList();
                foreach (var (at, value, how) in changes)
                {
                    var index = Math.Min(at, bytes.Count - 1);
                    if (how == 0)
                    {
                        bytes[index] = value;
                    }
                    else if (how == 1)
                    {
                        bytes.Insert(index, value);
                    }
                    else
                    {
                        bytes.RemoveAt(index);
                    }
                }

                var message = new SipMessage();
                SipParser.TryParse([.. bytes], bytes.Count, message);
                Corpus.ReadEverything(message);
            },
            iter: 20_000);
    }

    [Theory]
    [InlineData("torture/rfc4475", "*.dat")]
    [InlineData("torture/rfc5118", "*.dat")]
    [InlineData("torture/sofia-sip", "*.txt")]
    [InlineData("torture/libosip2", "sip*")]
    public void No_prefix_of_a_torture_message_makes_it_throw(string folder, string pattern)
    {
        var message = new SipMessage();
        foreach (var (_, bytes) in Corpus.Files(folder, pattern))
        {
            var whole = bytes.Length <= ushort.MaxValue ? bytes : bytes[..ushort.MaxValue];

            // Prefixes of the headers; a long body cut short is one case.
            for (var length = 0; length <= whole.Length; length += length < 3000 ? 1 : 997)
            {
                SipParser.TryParse(whole, length, message);
                Corpus.ReadEverything(message);
            }
        }
    }
}
