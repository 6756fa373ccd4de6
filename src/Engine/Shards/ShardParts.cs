using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Dialogs;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Registrar;
using ImsSipFast.Engine.Routing;
using ImsSipFast.Engine.Timing;
using ImsSipFast.Engine.Transactions;
using ImsSipFast.Engine.Waiting;

namespace ImsSipFast.Engine.Shards;

/// <summary>One of everything that the elements of a shard share.</summary>
internal sealed class ShardParts
{
    public ShardParts(int index, ShardDependencies services, EngineMetrics metrics, DecisionLog decisions)
    {
        var options = services.Options;
        Index = index;
        Recorder = new DecisionRecorder(decisions);
        Resources = new ShardResources(services.Timers, Wheel, services.Sender, services.Pool, metrics) { Recorder = Recorder };
        MaxTransactions = Math.Max(1, options.MaxTransactions / services.Location.Partitions);
        Answers = new PendingAnswers(Wheel, metrics, MaxTransactions);
        Transactions = new TransactionLayer(
            Resources, services.Keys.TransactionTable(index), services.Keys.CreateBranchSource(index), options.MaxHeaders);

        // Observed dialogs are not part of the budget: a quarter of it is more than so many of them take.
        var maxDialogs = (int)Math.Min(options.MaxDialogs / services.Location.Partitions, Resources.Budget.Limit / 1024);
        Dialogs = new DialogTable(Wheel, metrics, services.Timers.Dialog, maxDialogs, services.Keys.DialogTable);
        Registrar = new RegistrarCore(options, services.Location, index, Wheel, metrics, Resources.Budget, services.Wall, services.Store);
        KeptView = new SipMessage(options.MaxHeaders);
    }

    public int Index { get; }

    public TimingWheel Wheel { get; } = new();

    public ShardResources Resources { get; }

    public DecisionRecorder Recorder { get; }

    public PendingAnswers Answers { get; }

    public TransactionLayer Transactions { get; }

    public DialogTable Dialogs { get; }

    public RegistrarCore Registrar { get; }

    public RequestInHand InHand { get; } = new();

    public SipMessage KeptView { get; }

    public int MaxTransactions { get; }
}
