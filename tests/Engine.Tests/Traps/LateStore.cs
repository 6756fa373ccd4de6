using ImsSipFast.Engine.Tests.Conformance;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Traps;

/// <summary>The registrar's groups once more with a store that takes 20 ms: a peer sees no difference but that.</summary>
public static class LateStore
{
    private const int Delay = 20;

    public sealed class WithRegistering : Registering
    {
        public WithRegistering() => Begin();
    }

    public sealed class WithRegisteringFiner : RegisteringFiner
    {
        public WithRegisteringFiner() => Begin();
    }

    public sealed class WithFourShards : Registering
    {
        public WithFourShards() => Begin();

        protected override void Configure(SipEngineOptions options) => options.Shards = 4;
    }

    private static void Begin() => TestBeds.Use(static options => new SimTestBed(options, store: new FakeBindingStore { Delay = Delay }));
}
