using System.Globalization;
using System.Text;
using CsCheck;
using ImsSipFast.Engine.Registrar;

namespace ImsSipFast.Engine.Tests.Registrar;

public sealed class LocationTableTests
{
    private static readonly LocationService s_location = new(1);

    /// <summary>Against a dictionary, with hashes that collide in each part that the table looks at.</summary>
    [Fact]
    public void It_behaves_like_a_dictionary()
    {
        var operation = Gen.Select(Gen.Int[0, 300], Gen.Bool);
        Gen.Select(Gen.Int[0, 4], operation.Array[0, 2000]).Sample(
            (kind, operations) =>
            {
                var table = new LocationTable();
                var model = new Dictionary<int, BindingSet>();
                foreach (var (name, add) in operations)
                {
                    var set = add ? SetFor(name) : default;
                    table.Publish(KeyOf(name), HashOf(kind, name), set);
                    if (add)
                    {
                        model[name] = set;
                    }
                    else
                    {
                        model.Remove(name);
                    }
                }

                return table.Count == model.Count
                    && Enumerable.Range(0, 301).All(name => Same(table.Find(KeyOf(name), HashOf(kind, name)), model.GetValueOrDefault(name)));
            },
            iter: 100);
    }

    [Fact]
    public void It_grows_and_finds_each()
    {
        const int Names = 100_000;
        var table = new LocationTable();
        for (var name = 0; name < Names; name++)
        {
            table.Publish(KeyOf(name), HashOf(0, name), SetFor(name));
        }

        Assert.Equal(Names, table.Count);
        Assert.All(Enumerable.Range(0, 1000), i => Assert.False(table.Find(KeyOf(i * 99), HashOf(0, i * 99)).IsEmpty));
        Assert.True(table.Find(KeyOf(Names), HashOf(0, Names)).IsEmpty);

        // Between three quarters and three eighths are taken; a slot is 16 octets.
        Assert.InRange(table.Capacity, Names / 3 * 4, Names * 3);
    }

    [Fact]
    public void Names_that_come_and_go_leave_no_trace()
    {
        var table = new LocationTable();
        for (var name = 0; name < 50_000; name++)
        {
            table.Publish(KeyOf(name), HashOf(0, name), SetFor(name));
            if (name >= 500)
            {
                table.Publish(KeyOf(name - 500), HashOf(0, name - 500), default);
            }
        }

        Assert.Equal(500, table.Count);
        Assert.InRange(table.Capacity, 500, 4096);
        for (var name = 0; name < 50_000; name++)
        {
            Assert.Equal(name < 49_500, table.Find(KeyOf(name), HashOf(0, name)).IsEmpty);
        }
    }

    [Fact]
    public void Names_whose_hashes_are_all_the_same_are_only_slow()
    {
        var table = new LocationTable();
        for (var name = 0; name < 1200; name++)
        {
            table.Publish(KeyOf(name), 42, SetFor(name));
        }

        Assert.All(Enumerable.Range(0, 1200), name => Assert.True(Same(table.Find(KeyOf(name), 42), SetFor(name))));
        Assert.InRange(table.Capacity, 1200, 100_000);
    }

    /// <summary>One writer churns; readers always find what stays, and never anything under a wrong name.</summary>
    [Fact]
    public void Readers_on_other_threads_see_whole_sets_only()
    {
        const int Stable = 1000, Churning = 10_000;
        var table = new LocationTable();
        for (var name = 0; name < Stable; name++)
        {
            table.Publish(KeyOf(name), HashOf(0, name), SetFor(name));
        }

        var done = false;
        var failures = 0;
        var reads = 0L;
        var readers = Enumerable.Range(0, 3).Select(seed => new Thread(() =>
        {
            var random = new Random(seed);
            while (!Volatile.Read(ref done) || Interlocked.Read(ref reads) < 10_000)
            {
                var name = random.Next(Stable + Churning);
                var set = table.Find(KeyOf(name), HashOf(0, name));
                var right = name < Stable ? Same(set, SetFor(name)) : set.IsEmpty || Same(set, SetFor(name));
                if (!right)
                {
                    Interlocked.Increment(ref failures);
                }

                Interlocked.Increment(ref reads);
            }
        })).ToArray();
        Array.ForEach(readers, r => r.Start());

        var churn = new Random(7);
        for (var i = 0; i < 100_000; i++)
        {
            // Growing first, then shrinking, then as it comes: splits, clean-ups and reused slots all happen.
            var name = Stable + churn.Next(Churning);
            var add = i < 25_000 || (i >= 50_000 && churn.Next(2) == 0);
            table.Publish(KeyOf(name), HashOf(0, name), add ? SetFor(name) : default);
            if (i % 3 == 0)
            {
                var stable = churn.Next(Stable);
                table.Publish(KeyOf(stable), HashOf(0, stable), SetFor(stable));
            }
        }

        Volatile.Write(ref done, true);
        Array.ForEach(readers, r => r.Join());
        Assert.Equal(0, failures);
    }

    private static byte[] KeyOf(int name) => Encoding.ASCII.GetBytes("sip:" + name.ToString(CultureInfo.InvariantCulture) + "@home.test");

    private static ulong HashOf(int kind, int name)
    {
        var hash = s_location.HashOf(KeyOf(name));
        return kind switch
        {
            0 => hash,
            1 => hash & 0xFFFF_FFFF,
            2 => hash & 0xFFF0_0000_0000_0000,
            3 => (ulong)(name % 7) << 32,
            _ => (hash & 0x0003_0000_0000_0000) | 0xFFFF_0000_0000_0000,
        };
    }

    private static BindingSet SetFor(int name)
    {
        var bindings = new Binding[1 + (name % 3)];
        for (var i = 0; i < bindings.Length; i++)
        {
            var contact = Encoding.ASCII.GetBytes($"sip:{name}.{i}@h");
            bindings[i] = new Binding(KeyOf(name), new BindingTexts(contact, default, default), 1000, default);
        }

        return new BindingSet(bindings);
    }

    private static bool Same(BindingSet one, BindingSet other)
    {
        var same = one.Count == other.Count;
        for (var i = 0; same && i < one.Count; i++)
        {
            same = one[i].ContactUri.SequenceEqual(other[i].ContactUri) && one[i].RegistrationSet.SequenceEqual(other[i].RegistrationSet);
        }

        return same;
    }
}
