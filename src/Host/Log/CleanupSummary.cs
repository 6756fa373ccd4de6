using System.Globalization;
using System.Text;

namespace ImsSipFast.Host.Log;

/// <summary>
/// The periodic summaries of all shards as one: <c>name=count</c> words are added up. It is complete when every
/// shard has spoken, and told after a second at the latest.
/// </summary>
internal sealed class CleanupSummary
{
    private const long PatienceMilliseconds = 1000;

    private readonly List<(string Name, long Count)> _sums = [];
    private int _shards;
    private long _since;

    /// <summary>Adds the summary of one shard.</summary>
    public void Add(string text, long nowMilliseconds)
    {
        _since = _shards++ == 0 ? nowMilliseconds : _since;
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && long.TryParse(word.AsSpan(equals + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            {
                Sum(word[..equals], count);
            }
        }
    }

    /// <summary>The sum, once it is due; null while there is none.</summary>
    public string? Take(int ofShards, long nowMilliseconds)
    {
        if (_shards == 0 || (_shards < ofShards && nowMilliseconds - _since < PatienceMilliseconds))
        {
            return null;
        }

        var text = new StringBuilder();
        foreach (var (name, count) in _sums)
        {
            _ = text.Append(text.Length > 0 ? " " : "").Append(CultureInfo.InvariantCulture, $"{name}={count}");
        }

        _sums.Clear();
        _shards = 0;
        return text.ToString();
    }

    private void Sum(string name, long count)
    {
        var at = _sums.FindIndex(sum => sum.Name == name);
        if (at < 0)
        {
            _sums.Add((name, count));
        }
        else
        {
            _sums[at] = (name, _sums[at].Count + count);
        }
    }
}
