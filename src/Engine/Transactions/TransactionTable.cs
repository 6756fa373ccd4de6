namespace ImsSipFast.Engine.Transactions;

/// <summary>
/// Transactions by a 64-bit key, chained through the transactions themselves so that adding one allocates nothing.
/// Several may share a key: the caller compares what the key was made from.
/// </summary>
internal sealed class TransactionTable<T>
    where T : Transaction
{
    private const int FewestBuckets = 1024;

    private Transaction?[] _buckets = new Transaction?[FewestBuckets];

    /// <summary>Transactions in the table.</summary>
    public int Count { get; private set; }

    /// <summary>The first transaction with that key, or null.</summary>
    public T? First(ulong key) => Find(_buckets[Bucket(key)], key);

    /// <summary>The next one with the same key, or null.</summary>
    public T? Next(T transaction) => Find(transaction.NextInBucket, transaction.Key);

    /// <summary>Adds a transaction under its key.</summary>
    public void Add(T transaction)
    {
        if (Count >= _buckets.Length * 3 / 4)
        {
            Resize(_buckets.Length * 2);
        }

        ref var bucket = ref _buckets[Bucket(transaction.Key)];
        transaction.NextInBucket = bucket;
        bucket = transaction;
        Count++;
    }

    /// <summary>Takes a transaction out; it must be in.</summary>
    public void Remove(T transaction)
    {
        ref var bucket = ref _buckets[Bucket(transaction.Key)];
        if (bucket == transaction)
        {
            bucket = transaction.NextInBucket;
        }
        else
        {
            var previous = bucket!;
            while (previous.NextInBucket != transaction)
            {
                previous = previous.NextInBucket!;
            }

            previous.NextInBucket = transaction.NextInBucket;
        }

        transaction.NextInBucket = null;
        Count--;
    }

    /// <summary>Halves the table when it is nearly empty.</summary>
    public void Trim()
    {
        if (_buckets.Length > FewestBuckets && Count < _buckets.Length / 16)
        {
            Resize(_buckets.Length / 2);
        }
    }

    /// <summary>All transactions, in no order; a copy, so that they may be taken out meanwhile.</summary>
    public List<T> ToList()
    {
        var all = new List<T>(Count);
        foreach (var head in _buckets)
        {
            for (var node = head; node is not null; node = node.NextInBucket)
            {
                all.Add((T)node);
            }
        }

        return all;
    }

    private static T? Find(Transaction? from, ulong key)
    {
        while (from is not null && from.Key != key)
        {
            from = from.NextInBucket;
        }

        return (T?)from;
    }

    private int Bucket(ulong key) => (int)(key ^ (key >> 32)) & (_buckets.Length - 1);

    private void Resize(int buckets)
    {
        var old = _buckets;
        _buckets = new Transaction?[buckets];
        foreach (var head in old)
        {
            for (var node = head; node is not null;)
            {
                var next = node.NextInBucket;
                ref var bucket = ref _buckets[Bucket(node.Key)];
                node.NextInBucket = bucket;
                bucket = node;
                node = next;
            }
        }
    }
}
