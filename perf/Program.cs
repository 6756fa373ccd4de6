using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using ImsSipFast.Perf.Floor;
using ImsSipFast.Perf.Gate;
using ImsSipFast.Perf.Memory;
using ImsSipFast.Perf.Running;
using Perfolizer.Horology;

return args switch
{
    ["--gate"] => AllocationGate.Run(Console.Out),
    ["--gate", "--write"] => AllocationGate.Write(Console.Out),
    ["--memory"] => MemoryTable.Run(Console.Out),
    ["--memory", var load] => MemoryTable.RunOne(load, Console.Out),
    ["--floor", var inFlight, var seconds] => RelayFloor.Run(Number(inFlight), Number(seconds), Console.Out),
    ["--quick"] => QuickTimes.Run("", Console.Out),
    ["--quick", var filter] => QuickTimes.Run(filter, Console.Out),
    ["--spin", var filter, var seconds] => Spin.Run(filter, Number(seconds), Console.Out),
    _ => Benchmarks(args),
};

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

static int Benchmarks(string[] args)
{
    // In this process: the engine's parts are internal, and what is generated and built elsewhere would not see them.
    var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(3).WithIterationCount(9)
        .WithIterationTime(TimeInterval.FromMilliseconds(150));
    var config = DefaultConfig.Instance.AddJob(job).HideColumns(Column.Job, Column.Toolchain, Column.IterationCount, Column.IterationTime, Column.WarmupCount)
        .HideColumns(Column.InvocationCount, Column.UnrollFactor, Column.Error, Column.Gen0, Column.Gen1, Column.Gen2);
    BenchmarkSwitcher.FromAssembly(typeof(AllocationGate).Assembly).Run(args, config);
    return 0;
}
