using System.Text;
using ImsSipFast.Engine.Registrar;

namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>A store of bindings outside the engine, which answers as an event, as in life; or when the test says so; or never.</summary>
internal sealed class FakeBindingStore : IBindingStore
{
    /// <summary>For <see cref="Delay"/>: the test answers.</summary>
    public const long Never = -1;

    private SimClock? _clock;

    /// <summary>Milliseconds from a question to its answer; 0 answers at once.</summary>
    public long Delay { get; set; }

    /// <summary>What it answers.</summary>
    public CommitStatus Outcome { get; set; } = CommitStatus.Done;

    /// <summary>Called for each commit; what it throws comes out of the shard that asks.</summary>
    public Action? OnCommit { get; set; }

    /// <summary>Every commit asked for, in order: whose, by which shard and ticket, and the bindings as they will be.</summary>
    public List<(string User, int Shard, long Ticket, string[] Contacts)> Asked { get; } = [];

    /// <summary>Where its answers go.</summary>
    public Action<int, BindingCommit>? Post { get; set; }

    public void Attach(SimClock clock, Action<int, BindingCommit> post) => (_clock, Post) = (clock, post);

    public CommitStatus Commit(RegisterPlan plan, int shard, long ticket)
    {
        var contacts = new List<string>();
        foreach (ref readonly var entry in plan.Entries)
        {
            if (entry.Result is { } binding)
            {
                contacts.Add(Encoding.Latin1.GetString(binding.ContactUri));
            }
        }

        Asked.Add((Encoding.Latin1.GetString(plan.RegistrationSet), shard, ticket, [.. contacts]));
        OnCommit?.Invoke();
        var outcome = Outcome;
        if (Delay > 0)
        {
            _clock!.At(_clock.Now + Delay, () => Post!(shard, new BindingCommit(ticket, outcome)));
        }

        return Delay == 0 ? outcome : CommitStatus.Pending;
    }

    /// <summary>Answers one of the questions.</summary>
    public void Answer(int question, CommitStatus outcome = CommitStatus.Done) =>
        Post!(Asked[question].Shard, new BindingCommit(Asked[question].Ticket, outcome));
}
