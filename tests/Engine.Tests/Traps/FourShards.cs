using ImsSipFast.Engine.Tests.Conformance;

namespace ImsSipFast.Engine.Tests.Traps;

/// <summary>
/// The groups that state matters to, once more with four shards: what one shard does must not depend on which of
/// them has the call and which has the user.
/// </summary>
public static class FourShards
{
    private const int Shards = 4;

    public sealed class WithRouting : Conformance.Routing
    {
        protected override void Configure(SipEngineOptions options) => options.Shards = Shards;
    }

    public sealed class WithCancelAndAck : CancelAndAck
    {
        protected override void Configure(SipEngineOptions options) => options.Shards = Shards;
    }

    public sealed class WithInviteTimers : InviteTimers
    {
        protected override void Configure(SipEngineOptions options) => options.Shards = Shards;
    }

    public sealed class WithNonInviteTimers : NonInviteTimers
    {
        protected override void Configure(SipEngineOptions options) => options.Shards = Shards;
    }

    public sealed class WithSuccessResponses : SuccessResponses
    {
        protected override void Configure(SipEngineOptions options) => options.Shards = Shards;
    }

    public sealed class WithForking : Forking
    {
        protected override void Configure(SipEngineOptions options) => options.Shards = Shards;
    }

    public sealed class WithRegistering : Registering
    {
        protected override void Configure(SipEngineOptions options) => options.Shards = Shards;
    }

    public sealed class WithRegisteringFiner : RegisteringFiner
    {
        protected override void Configure(SipEngineOptions options) => options.Shards = Shards;
    }

    public sealed class WithCancelRaces : CancelRaces
    {
        protected override void Configure(SipEngineOptions options) => options.Shards = Shards;
    }

    public sealed class WithLateSuccess : LateSuccess
    {
        protected override void Configure(SipEngineOptions options) => options.Shards = Shards;
    }

    public sealed class WithSpirals : Spirals
    {
        protected override void Configure(SipEngineOptions options) => options.Shards = Shards;
    }

    public sealed class WithOwnAddresses : OwnAddresses
    {
        protected override void Configure(SipEngineOptions options) => options.Shards = Shards;
    }

    public sealed class WithEndings : Endings
    {
        protected override void Configure(SipEngineOptions options) => options.Shards = Shards;
    }
}
