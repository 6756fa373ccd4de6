using ImsSipFast.Engine.Routing;
using ImsSipFast.Engine.Tests.Conformance;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Traps;

/// <summary>Loopback mode: a domain named by a REGISTER is ours. How many may be so is limited, and none stays for ever.</summary>
public class AdoptedDomains : ConformanceTest
{
    private const int Most = 4;

    protected override void Configure(SipEngineOptions options)
    {
        options.Mode = NetworkMode.Loopback;
        options.MaxAdoptedDomains = Most;
        options.Shards = 4;
    }

    [Fact]
    public void A_domain_without_bindings_makes_room_for_the_next()
    {
        for (var i = 0; i < 200; i++)
        {
            Assert.Equal(200, Ask($"d{i}.test", "<sip:u@127.0.0.2:5060>"));
            Assert.Equal(200, Ask($"d{i}.test", "<sip:u@127.0.0.2:5060>;expires=0"));
        }
    }

    [Fact]
    public void A_domain_that_was_only_asked_for_or_refused_makes_room_too()
    {
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(200, Ask($"asked{i}.test", null));
            Assert.Equal(400, Ask($"refused{i}.test", "*"));
        }
    }

    [Fact]
    public void A_name_that_turned_out_to_be_ours_makes_room_too()
    {
        for (var i = 0; i < 3 * Most; i++)
        {
            Bed.SetHost($"name{i}.test", "127.0.0.1");
            A.Ask("MESSAGE", $"sip:x@name{i}.test");
            A.Expect(404, "MESSAGE");
        }

        Assert.Equal(200, Ask("registered.test", "<sip:u@127.0.0.2:5060>"));
    }

    [Fact]
    public void A_domain_whose_bindings_have_expired_makes_room()
    {
        for (var i = 0; i < Most; i++)
        {
            Assert.Equal(200, Ask($"first{i}.test", "<sip:u@127.0.0.2:5060>;expires=60"));
        }

        Assert.NotEqual(200, Ask("late.test", "<sip:u@127.0.0.2:5060>"));
        Bed.Pass(61_000);
        for (var i = 0; i < Most; i++)
        {
            Assert.Equal(200, Ask($"second{i}.test", "<sip:u@127.0.0.2:5060>"));
        }
    }

    [Fact]
    public void A_domain_with_bindings_stays_and_the_longest_unused_goes_first()
    {
        Assert.Equal(200, Ask("kept.test", "<sip:u@127.0.0.2:5060>"));
        Ask("old.test", null);
        Ask("new.test", null);
        for (var i = 0; i < Most - 2; i++)
        {
            Assert.Equal(200, Ask($"other{i}.test", "<sip:u@127.0.0.2:5060>"));
        }

        // One of the two had to go.
        var set = ((SimTestBed)Bed).Engine.Identity.Domains;
        Assert.True(set.Contains("kept.test"u8));
        Assert.False(set.Contains("old.test"u8));
        Assert.True(set.Contains("new.test"u8));
    }

    [Fact]
    public void A_name_with_a_port_of_another_program_is_not_adopted()
    {
        Bed.SetHost("other.test", "127.0.0.9");
        A.Send(RegisterRequest(A, "u", "<sip:u@127.0.0.2:5060>").With("", null).Set("To", "<sip:u@other.test>"));
        var request = RegisterRequest(A, "v", "<sip:v@127.0.0.2:5060>");
        request.StartLine = "REGISTER sip:other.test:5080 SIP/2.0";
        A.Send(request);
        Bed.Pass(1000);
        Assert.False(((SimTestBed)Bed).Engine.Identity.Domains.Contains("other.test"u8));
        A.Drain(40_000);
    }

    [Fact]
    public void Shards_that_adopt_a_domain_at_once_agree()
    {
        const int Rounds = 20_000;
        DomainSet[] sets = [.. Enumerable.Range(0, Rounds).Select(static _ => new DomainSet(["home.test"], adoptable: 1))];
        var news = new int[Rounds];
        var arrived = 0;
        Parallel.Invoke(Adopt, Adopt);
        for (var round = 0; round < Rounds; round++)
        {
            var set = sets[round];
            Assert.Equal(1, news[round]);
            Assert.True(set.Contains("NEW.test"u8));
            Assert.False(set.TryAdopt("other.test"u8, out _));
            set.Count("new.test"u8, -1);
            Assert.False(set.TryAdopt("other.test"u8, out _));
            set.Count("new.test"u8, -1);
            Assert.True(set.TryAdopt("other.test"u8, out _));
            Assert.False(set.Contains("new.test"u8));
        }

        void Adopt()
        {
            for (var round = 0; round < Rounds; round++)
            {
                // Both at once, as near as two threads can be.
                Interlocked.Increment(ref arrived);
                for (var spin = default(SpinWait); Volatile.Read(ref arrived) < 2 * (round + 1);)
                {
                    spin.SpinOnce(sleep1Threshold: -1);
                }

                if (sets[round].TryAdopt("new.test"u8, out var isNew))
                {
                    sets[round].Count("new.test"u8, 1);
                    Interlocked.Add(ref news[round], isNew ? 1 : 0);
                }
                else
                {
                    news[round] = -100;
                }
            }
        }
    }

    [Fact]
    public void Domains_come_and_go_on_all_shards_and_none_is_lost_or_kept()
    {
        var set = new DomainSet([], adoptable: 8);
        Parallel.For(0, 4, thread =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                var host = System.Text.Encoding.ASCII.GetBytes($"d{((i * 7) + thread) % 12}.test");
                if (set.TryAdopt(host, out _))
                {
                    set.Count(host, 1);
                    set.Count(host, -1);
                }
            }
        });

        // Every place can be had again: eight, and no ninth.
        for (var i = 0; i < 8; i++)
        {
            Assert.True(set.TryAdopt(System.Text.Encoding.ASCII.GetBytes($"fresh{i}.test"), out _));
        }

        Assert.False(set.TryAdopt("ninth.test"u8, out _));
    }

    private int Ask(string domain, string? contact)
    {
        var request = RegisterRequest(A, $"u-{domain}", contact is null ? [] : [contact]);
        request.StartLine = $"REGISTER sip:{domain} SIP/2.0";
        request.Set("To", $"<sip:u@{domain}>");
        A.Send(request);
        return A.Next(1000).Status;
    }
}
