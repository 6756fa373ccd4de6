using System.Globalization;

namespace ImsSipFast.LoadGen.Driver.Proxy;

/// <summary>The CPU time and memory of a process and its children, as /proc tells them.</summary>
/// <param name="root">The process.</param>
/// <param name="proc">Where /proc is.</param>
internal sealed class ProcessTree(int root, string proc = "/proc")
{
    private readonly Dictionary<(int Process, int Task), long> _running = [];
    private long _endedNanoseconds;

    /// <summary>
    /// CPU time of all tasks since they began, in nanoseconds, and resident memory. A task that ends takes its schedstat
    /// along, so what it last showed is kept: read often. Throws <see cref="UnavailableException"/> when the process is gone.
    /// </summary>
    public (long CpuNanoseconds, long ResidentBytes) Read()
    {
        var seen = new HashSet<(int, int)>();
        var resident = 0L;
        var queue = new Queue<int>([root]);
        while (queue.TryDequeue(out var process))
        {
            resident += Resident(process);
            foreach (var task in Tasks(process))
            {
                seen.Add((process, task));
                Count(process, task);
                foreach (var child in Numbers(Text($"{process}/task/{task}/children")))
                {
                    queue.Enqueue((int)child);
                }
            }
        }

        if (seen.Count == 0)
        {
            throw new UnavailableException($"--target-pid: there is no process {root}, or it may not be looked at");
        }

        foreach (var gone in _running.Keys.Where(key => !seen.Contains(key)).ToList())
        {
            _endedNanoseconds += _running[gone];
            _ = _running.Remove(gone);
        }

        return (_endedNanoseconds + _running.Values.Sum(), resident);
    }

    /// <summary>schedstat: nanoseconds on a processor, nanoseconds waiting for one, time slices.</summary>
    private void Count(int process, int task)
    {
        if (Numbers(Text($"{process}/task/{task}/schedstat")).Take(1).ToArray() is not [var nanoseconds])
        {
            return;
        }

        // A number that went back belongs to a new task with an old id.
        var last = _running.GetValueOrDefault((process, task));
        _endedNanoseconds += nanoseconds < last ? last : 0;
        _running[(process, task)] = nanoseconds;
    }

    /// <summary>statm: total and resident pages, and others.</summary>
    private long Resident(int process) => Numbers(Text($"{process}/statm")).ElementAtOrDefault(1) * Environment.SystemPageSize;

    private IEnumerable<int> Tasks(int process)
    {
        try
        {
            return Directory.GetDirectories($"{proc}/{process}/task").Select(static path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Empty for what ended between two looks (the kernel then says ESRCH).</summary>
    private string Text(string path)
    {
        try
        {
            return File.ReadAllText($"{proc}/{path}");
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static IEnumerable<long> Numbers(string text) =>
        text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(static word => long.Parse(word, CultureInfo.InvariantCulture));
}
