using System.Diagnostics;
using ImsSipFast.LoadGen.Driver;
using ImsSipFast.LoadGen.Driver.Proxy;

namespace ImsSipFast.LoadGen.Tests.Driver;

public sealed class ProcessTreeTests : IDisposable
{
    private readonly string _proc = Directory.CreateTempSubdirectory("proc").FullName;

    public void Dispose() => Directory.Delete(_proc, recursive: true);

    [Fact]
    public void This_process_is_read_as_the_system_counts_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc is a thing of Linux");
        var tree = new ProcessTree(Environment.ProcessId);
        var (before, _) = tree.Read();
        var clock = Process.GetCurrentProcess().TotalProcessorTime;
        while (Process.GetCurrentProcess().TotalProcessorTime - clock < TimeSpan.FromMilliseconds(200))
        {
        }

        var (after, resident) = tree.Read();
        Assert.InRange(after - before, 150_000_000, 60_000_000_000);
        Assert.InRange(resident, 10 << 20, Process.GetCurrentProcess().PeakWorkingSet64 * 2);
    }

    [Fact]
    public void Children_count_too()
    {
        Task(10, 100, cpu: 5, children: "11 12");
        Task(11, 110, cpu: 7, children: "");
        Task(12, 120, cpu: 11, children: "13");
        Task(13, 130, cpu: 13, children: "");
        Memory(10, 2);
        Memory(13, 3);
        Assert.Equal((36, 5L * Environment.SystemPageSize), new ProcessTree(10, _proc).Read());
    }

    [Fact]
    public void What_a_task_used_before_it_ended_is_kept()
    {
        Task(10, 100, cpu: 5, children: "");
        Task(10, 101, cpu: 40, children: "");
        var tree = new ProcessTree(10, _proc);
        Assert.Equal(45, tree.Read().CpuNanoseconds);
        Directory.Delete($"{_proc}/10/task/101", recursive: true);
        Task(10, 100, cpu: 6, children: "");
        Assert.Equal(46, tree.Read().CpuNanoseconds);
    }

    [Fact]
    public void A_new_task_with_an_old_id_starts_from_nothing()
    {
        Task(10, 100, cpu: 50, children: "");
        var tree = new ProcessTree(10, _proc);
        Assert.Equal(50, tree.Read().CpuNanoseconds);
        Task(10, 100, cpu: 3, children: "");
        Assert.Equal(53, tree.Read().CpuNanoseconds);
    }

    [Fact]
    public void A_process_that_is_not_there_is_said_to_be_so() =>
        Assert.Contains("no process 10", Assert.Throws<UnavailableException>(() => new ProcessTree(10, _proc).Read()).Message, StringComparison.Ordinal);

    [Fact]
    public void Use_is_interpolated_between_readings()
    {
        var begin = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        var trace = new ProcessTrace();
        trace.Add(begin, 1_000_000_000, 10);
        trace.Add(begin.AddSeconds(2), 3_000_000_000, 40);
        trace.Add(begin.AddSeconds(4), 3_500_000_000, 30);
        Assert.Equal(new ProcessUse(1.25, 30, 40), trace.Between(begin.AddSeconds(1), begin.AddSeconds(3)));
        Assert.Equal(new ProcessUse(2.5, 30, 40), trace.Between(begin, begin.AddSeconds(4)));
        Assert.Null(trace.Between(begin.AddSeconds(3), begin.AddSeconds(5)));
    }

    private void Task(int process, int task, long cpu, string children)
    {
        var folder = Directory.CreateDirectory($"{_proc}/{process}/task/{task}").FullName;
        File.WriteAllText($"{folder}/schedstat", $"{cpu} 999 7\n");
        File.WriteAllText($"{folder}/children", children + " ");
    }

    private void Memory(int process, int pages) => File.WriteAllText($"{_proc}/{process}/statm", $"9 {pages} 1 1 0 1 0\n");
}
