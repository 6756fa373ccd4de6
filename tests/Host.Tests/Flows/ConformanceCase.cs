using System.Reflection;
using ImsSipFast.Engine;
using ImsSipFast.Engine.Tests.Conformance;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Host.Tests.Flows;

/// <summary>A conformance case of Engine.Tests, to be run on whatever bed.</summary>
internal sealed class ConformanceCase(MethodInfo method)
{
    /// <summary>Every case there is, by name; those that are there twice, with other options, once.</summary>
    public static IReadOnlyDictionary<string, ConformanceCase> All { get; } = Of(typeof(ConformanceTest));

    public string Name => $"{method.ReflectedType!.Name}.{method.Name}";

    /// <summary>The cases of the classes right below <paramref name="kind"/>.</summary>
    public static IReadOnlyDictionary<string, ConformanceCase> Of(Type kind) => kind.Assembly.GetTypes()
        .Where(type => type.BaseType == kind && !type.IsAbstract)
        .SelectMany(static type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance))
        .Where(static method => method.IsDefined(typeof(FactAttribute)) && method.GetParameters().Length == 0)
        .Select(static method => new ConformanceCase(method))
        .ToDictionary(static c => c.Name);

    /// <summary>How long it takes, in milliseconds of the time it would need on a real bed; null when it cannot run on one.</summary>
    public long? RealMilliseconds => Rehearse() is { IsRealistic: true } bed ? bed.Now : null;

    /// <summary>
    /// Runs it between real sockets, with its check at the end. Where it fails and the proxy has repeated itself more often
    /// than on virtual time, the machine stood still for longer than T1; then it is run again, twice at most.
    /// </summary>
    public void RunOverSockets()
    {
        var rehearsal = Rehearse();
        for (var run = 1; ; run++)
        {
            // In virtual time nothing arrives before the case has looked; a real socket must be there before.
            EngineBed? bed = null;
            TestBeds.Use(options => bed = EngineBed.Start(options, rehearsal?.Addresses ?? []));
            try
            {
                using var test = (ConformanceTest)Activator.CreateInstance(method.ReflectedType!)!;
                method.CreateDelegate<Action>(test)();
                return;
            }
            catch (Exception) when (run < 3 && bed?.Retransmitted > rehearsal?.Retransmitted)
            {
                // Once more.
            }
            finally
            {
                TestBeds.Use(null);
                bed?.Dispose();
            }
        }
    }

    /// <summary>Runs it on virtual time.</summary>
    private DryBed? Rehearse()
    {
        DryBed? bed = null;
        TestBeds.Use(options => bed = new DryBed(TestBeds.Simulated(options), options.Mode));
        try
        {
            _ = method.Invoke(Activator.CreateInstance(method.ReflectedType!), null);
        }
        catch (TargetInvocationException e) when (e.InnerException is InvalidCastException)
        {
            // It looks inside the simulation, which a real bed does not have.
            bed = null;
        }
        catch (TargetInvocationException)
        {
            // Engine.Tests says so too; here it may run and fail once more.
        }
        finally
        {
            TestBeds.Use(null);
        }

        return bed;
    }

    /// <summary>Virtual time, and a note of what a real bed cannot do.</summary>
    private sealed class DryBed(ITestBed bed, NetworkMode mode) : ITestBed
    {
        /// <summary>Loopback mode leads everything to 127.0.0.1, where our network is not.</summary>
        public bool IsRealistic { get; private set; } = mode != NetworkMode.Loopback;

        /// <summary>Where its peers are.</summary>
        public List<string> Addresses { get; } = [];

        public long Now => bed.Now;

        public long ToleranceMilliseconds => bed.ToleranceMilliseconds;

        public string Proxy => bed.Proxy;

        public long Retransmitted => bed.Retransmitted;

        public IEndpoint Start(string address)
        {
            // A peer that is somewhere else cannot be played on this machine.
            IsRealistic &= address.StartsWith("127.0.0.", StringComparison.Ordinal);
            Addresses.Add(address);
            return bed.Start(address);
        }

        public void Pass(long milliseconds) => bed.Pass(milliseconds);

        public void SetHost(string name, string? address, long delayMilliseconds = 0)
        {
            IsRealistic = false;
            bed.SetHost(name, address, delayMilliseconds);
        }

        public void ReportClosedPorts() => bed.ReportClosedPorts();

        public void BeginDrain() => bed.BeginDrain();

        public void Verify() => bed.Verify();
    }
}
