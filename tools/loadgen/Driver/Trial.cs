using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using ImsSipFast.LoadGen.Driver.Proxy;
using ImsSipFast.LoadGen.Driver.Report;
using ImsSipFast.LoadGen.Driver.Terminal;
using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Results;

namespace ImsSipFast.LoadGen.Driver;

/// <summary>One run from its plan to its report: the load on a thread of its own, progress on this one, the proxy's process watched.</summary>
/// <param name="load">Drives the load.</param>
/// <param name="view">Shows the progress.</param>
/// <param name="stop">Ends the run early.</param>
internal sealed class Trial(RunLoad load, IProgressView view, CancellationToken stop)
{
    /// <summary>True once somebody asked to stop.</summary>
    public bool IsStopped => stop.IsCancellationRequested;

    /// <param name="plan">What to do.</param>
    /// <param name="title">What the progress is called.</param>
    /// <param name="process">The process under test; null when nobody looks at it.</param>
    /// <exception cref="UnavailableException">There is nobody at the target, or its own address cannot be had.</exception>
    public RunReport Run(LoadPlan plan, string title, int? process)
    {
        plan = LocalPorts.Settle(plan);
        var watch = process is { } id ? new ProcessWatch(id) : null;
        try
        {
            LoadResult? result = null;
            view.Show(title, TimeSpan.FromTicks(plan.Phases.Sum(static phase => phase.Duration.Ticks)), showSecond => result = Drive(plan, showSecond));
            watch?.Dispose();
            return result!.HasBegun || IsStopped
                ? ReportOf.Run(result, watch?.Trace)
                : throw new UnavailableException($"{plan.Target}: {string.Join(" ", result.SelfCheck.Complaints)} Is there a proxy for {plan.Domain ?? plan.Target.Address.ToString()}?");
        }
        catch (SocketException refusal)
        {
            throw LocalPorts.Refused(plan, refusal);
        }
        finally
        {
            watch?.Dispose();
        }
    }

    private LoadResult Drive(LoadPlan plan, Action<Sample> showSecond)
    {
        using var seconds = new BlockingCollection<Sample>();
        LoadResult? result = null;
        ExceptionDispatchInfo? fault = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = load(plan, seconds.Add, stop);
            }
            catch (Exception raised)
            {
                fault = ExceptionDispatchInfo.Capture(raised);
            }
            finally
            {
                seconds.CompleteAdding();
            }
        })
        { Name = "load" };
        thread.Start();
        foreach (var second in seconds.GetConsumingEnumerable())
        {
            showSecond(second);
        }

        thread.Join();
        fault?.Throw();
        return result!;
    }
}
