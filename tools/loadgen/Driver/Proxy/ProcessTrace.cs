namespace ImsSipFast.LoadGen.Driver.Proxy;

/// <summary>What a process used in a stretch of time.</summary>
/// <param name="CpuSeconds">Time on a processor, children included.</param>
/// <param name="ResidentBytes">Resident memory at the end.</param>
/// <param name="ResidentBytesMax">The most.</param>
internal sealed record ProcessUse(double CpuSeconds, long ResidentBytes, long ResidentBytesMax);

/// <summary>Readings of a process over time.</summary>
internal sealed class ProcessTrace
{
    private readonly List<(DateTimeOffset At, long CpuNanoseconds, long ResidentBytes)> _readings = [];

    /// <summary>Takes a reading; they come in order.</summary>
    public void Add(DateTimeOffset at, long cpuNanoseconds, long residentBytes) => _readings.Add((at, cpuNanoseconds, residentBytes));

    /// <summary>The use between two times, even between two readings; null when the readings do not reach over both.</summary>
    public ProcessUse? Between(DateTimeOffset from, DateTimeOffset to)
    {
        if (_readings.Count == 0 || from < _readings[0].At || to > _readings[^1].At)
        {
            return null;
        }

        var end = _readings.First(reading => reading.At >= to);
        var most = _readings.Where(reading => reading.At >= from && reading.At <= end.At).Max(static reading => reading.ResidentBytes);
        return new ProcessUse((CpuAt(to) - CpuAt(from)) / 1e9, end.ResidentBytes, most);
    }

    private double CpuAt(DateTimeOffset time)
    {
        var after = _readings.FindIndex(reading => reading.At >= time);
        if (after == 0)
        {
            return _readings[0].CpuNanoseconds;
        }

        var (from, to) = (_readings[after - 1], _readings[after]);
        return from.CpuNanoseconds + ((to.CpuNanoseconds - from.CpuNanoseconds) * ((time - from.At) / (to.At - from.At)));
    }
}
