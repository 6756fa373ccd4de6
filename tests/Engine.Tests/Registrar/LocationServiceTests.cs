using System.Globalization;
using System.Text;
using ImsSipFast.Engine.Registrar;

namespace ImsSipFast.Engine.Tests.Registrar;

public sealed class LocationServiceTests
{
    [Fact]
    public void Addresses_of_record_spread_evenly_over_any_number_of_partitions()
    {
        foreach (var partitions in (int[])[1, 2, 3, 8, 256])
        {
            var location = new LocationService(partitions, key: 99);
            var counts = new int[partitions];
            for (var i = 0; i < 1000 * partitions; i++)
            {
                counts[location.PartitionOf(KeyOf(i))]++;
            }

            Assert.All(counts, count => Assert.InRange(count, 800, 1200));
        }
    }

    [Fact]
    public void Any_shard_finds_what_the_shard_of_the_address_of_record_published()
    {
        var location = new LocationService(4);
        for (var i = 0; i < 100; i++)
        {
            var key = KeyOf(i);
            var binding = new Binding(key, new BindingTexts("sip:x@h"u8, default, default), 1000, default);
            location.Table(location.PartitionOf(key)).Publish(key, location.HashOf(key), new BindingSet([binding]));
            Assert.True(location.Lookup(key, out var found));
            Assert.Same(binding, found[0]);
            Assert.False(location.Lookup(KeyOf(i + 1), out _));
        }
    }

    [Fact]
    public void The_limit_holds_for_all_partitions_together()
    {
        var location = new LocationService(2, maxBindings: 3);
        Assert.True(location.TryReserve(2));
        Assert.False(location.TryReserve(2));
        Assert.True(location.TryReserve(1));
        Assert.False(location.TryReserve(1));
        location.Release(3);
        Assert.Equal(0, location.Bindings);
    }

    [Fact]
    public void An_address_of_record_whose_bindings_went_is_known_and_one_never_seen_is_not()
    {
        var registrar = new RegistrarFixture(partitions: 1);
        Assert.False(registrar.Location.IsKnown(RegistrarFixture.Key(RegistrarFixture.B)));
        registrar.Register("Contact: <sip:1@h>;expires=60", 1);
        registrar.Advance(60);
        Assert.True(registrar.Location.IsKnown(RegistrarFixture.Key(RegistrarFixture.B)));
        Assert.False(registrar.Location.IsKnown(RegistrarFixture.Key("sip:c@home.test")));
    }

    [Fact]
    public void Of_many_addresses_of_record_that_went_most_are_still_known_in_every_partition()
    {
        var location = new LocationService(16);
        for (var i = 0; i < 16_000; i++)
        {
            var key = KeyOf(i);
            var table = location.Table(location.PartitionOf(key));
            table.Publish(key, location.HashOf(key), new BindingSet([new Binding(key, new BindingTexts("sip:x@h"u8, default, default), 1000, default)]));
            table.Publish(key, location.HashOf(key), default);
        }

        Assert.InRange(Enumerable.Range(0, 16_000).Count(i => location.IsKnown(KeyOf(i))), 15_000, 16_000);
    }

    private static byte[] KeyOf(int i) => Encoding.ASCII.GetBytes("sip:" + (1_000_000 + i).ToString(CultureInfo.InvariantCulture) + "@home.test");
}
