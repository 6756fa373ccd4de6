using CsCheck;
using ImsSipFast.Engine.Transactions;

namespace ImsSipFast.Engine.Tests.Transactions;

/// <summary>The table against a list: whatever is added and taken out, each key leads to exactly its transactions.</summary>
public sealed class TransactionTableTests
{
    // Keys that share a bucket: the table folds the upper half onto the lower one and looks at the low bits first.
    private static readonly Gen<ulong> s_key = Gen.OneOf(
        Gen.Int[0, 5].Select(static i => (ulong)i),
        Gen.Int[0, 5].Select(static i => (ulong)i << 20),
        Gen.Int[0, 5].Select(static i => (ulong)i * 0x1_0000_0001),
        Gen.ULong);

    [Fact]
    public void A_key_leads_to_exactly_its_transactions() =>
        Gen.Select(s_key, Gen.Int[0, 3], Gen.Int[0, 1000]).Array[0, 400].Sample(static steps =>
        {
            var environment = new MachineBench().Environment;
            var table = new TransactionTable<Transaction>();
            var model = new List<Transaction>();
            foreach (var (key, kind, pick) in steps)
            {
                if (kind > 0 || model.Count == 0)
                {
                    var transaction = new Entry(environment) { Key = key };
                    table.Add(transaction);
                    model.Add(transaction);
                }
                else
                {
                    var gone = model[pick % model.Count];
                    table.Remove(gone);
                    model.Remove(gone);
                }
            }

            Assert.Equal(model.Count, table.Count);
            foreach (var key in steps.Select(static s => s.Item1).Distinct())
            {
                Assert.Equal(model.Where(t => t.Key == key).ToHashSet(), Walk(table, key).ToHashSet());
            }
        }, iter: 300);

    [Fact]
    public void It_grows_without_losing_any()
    {
        var environment = new MachineBench().Environment;
        var table = new TransactionTable<Transaction>();
        var all = Enumerable.Range(0, 20_000).Select(i => new Entry(environment) { Key = (ulong)i * 0x9E37_79B9_7F4A_7C15 }).ToArray();
        Array.ForEach(all, table.Add);
        Assert.Equal(all.Length, table.Count);
        Assert.All(all, entry => Assert.Equal([entry], Walk(table, entry.Key)));
        Array.ForEach(all, table.Remove);
        Assert.Equal(0, table.Count);
        Assert.All(all, entry => Assert.Null(table.First(entry.Key)));
    }

    private static IEnumerable<Transaction> Walk(TransactionTable<Transaction> table, ulong key)
    {
        for (var entry = table.First(key); entry is not null; entry = table.Next(entry))
        {
            yield return entry;
        }
    }

    private sealed class Entry(ShardResources environment) : Transaction(environment)
    {
        public override bool CanLinger => false;
    }
}
