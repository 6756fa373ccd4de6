using System.Diagnostics;
using System.Globalization;

namespace ImsSipFast.Perf.Memory;

/// <summary>
/// What the state of a registrar and proxy costs in memory: each row is measured in a process of its own, as the
/// growth of the process divided by what was put in.
/// </summary>
internal static class MemoryTable
{
    /// <summary>Prints the table.</summary>
    public static int Run(TextWriter output)
    {
        output.WriteLine($"{"state",-44} {"count",10} {"resident B each",16} {"heap B each",12}");
        foreach (var load in MemoryLoad.All)
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!, ["--memory", load.Name]) { RedirectStandardOutput = true };
            if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            {
                start.ArgumentList.Insert(0, typeof(MemoryTable).Assembly.Location);
            }

            using var process = Process.Start(start)!;
            output.Write(process.StandardOutput.ReadToEnd());
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                return process.ExitCode;
            }
        }

        return 0;
    }

    /// <summary>Prints one row.</summary>
    public static int RunOne(string name, TextWriter output)
    {
        if (MemoryLoad.All.FirstOrDefault(load => load.Name == name) is not { } load)
        {
            Console.Error.WriteLine($"{name}: not one of {string.Join(", ", MemoryLoad.All.Select(static load => load.Name))}");
            return 64;
        }

        var subject = load.Prepare();
        var before = Usage();
        load.Fill(subject);
        var after = Usage();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{load.Description,-44} {load.Count,10:n0} {(after.Resident - before.Resident) / load.Count,16:n0} {(after.Heap - before.Heap) / load.Count,12:n0}"));
        GC.KeepAlive(subject);
        return 0;
    }

    private static (long Resident, long Heap) Usage()
    {
        // What could be given back is: a process that has grown for a moment is no measure of what stays.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using var process = Process.GetCurrentProcess();
        return (process.WorkingSet64, GC.GetTotalMemory(forceFullCollection: false));
    }
}
