using System.Globalization;
using System.Text;
using ImsSipFast.Engine.Diagnostics;

namespace ImsSipFast.Host.Log;

/// <summary>
/// At most so many message lines a second; the rest is counted by kind and told of in one line when the second is
/// over. Notes are never held back: each is told once only.
/// </summary>
/// <param name="linesPerSecond">The limit; 0 is unlimited.</param>
internal sealed class LogRateLimit(int linesPerSecond)
{
    private const long WindowMilliseconds = 1000;

    private readonly long[] _suppressed = new long[Enum.GetValues<DecisionVerb>().Length];
    private long _windowStart = long.MinValue;
    private long? _suppressingSince;
    private int _admitted;
    private long _missed;

    /// <summary>True when the line may be written. The time is any clock that only goes forward, in milliseconds.</summary>
    public bool Admits(DecisionVerb verb, long nowMilliseconds)
    {
        if (linesPerSecond == 0 || verb == DecisionVerb.Note)
        {
            return true;
        }

        if (_windowStart == long.MinValue || nowMilliseconds - _windowStart >= WindowMilliseconds)
        {
            _windowStart = nowMilliseconds;
            _admitted = 0;
        }

        if (_admitted < linesPerSecond)
        {
            _admitted++;
            return true;
        }

        _suppressed[(int)verb]++;
        _suppressingSince ??= nowMilliseconds;
        return false;
    }

    /// <summary>Records that were never seen, because a ring was full.</summary>
    public void CountMissed(long records, long nowMilliseconds)
    {
        if (records > 0)
        {
            _missed += records;
            _suppressingSince ??= nowMilliseconds;
        }
    }

    /// <summary>The line about what was held back, a second after the first of it; null when there is nothing to say.</summary>
    public string? TakeSummary(long nowMilliseconds, bool evenIfTheSecondRuns = false)
    {
        if (_suppressingSince is not { } since || (nowMilliseconds - since < WindowMilliseconds && !evenIfTheSecondRuns))
        {
            return null;
        }

        var seconds = Math.Max(1, (nowMilliseconds - since + (WindowMilliseconds / 2)) / WindowMilliseconds);
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"… {_suppressed.Sum() + _missed:N0} lines suppressed in {seconds} s:");
        for (var verb = 0; verb < _suppressed.Length; verb++)
        {
            Append(text, ((DecisionVerb)verb).ToString().ToUpperInvariant(), _suppressed[verb]);
        }

        Append(text, "unread", _missed);
        Array.Clear(_suppressed);
        _missed = 0;
        _suppressingSince = null;
        return text.ToString();
    }

    private static void Append(StringBuilder text, string kind, long count)
    {
        if (count > 0)
        {
            _ = text.Append(text[^1] == ':' ? " " : ", ").Append(CultureInfo.InvariantCulture, $"{kind} {count:N0}");
        }
    }
}
