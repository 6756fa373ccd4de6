using System.Text;
using ImsSipFast.Engine.Registrar;

namespace ImsSipFast.Engine.Tests.Registrar;

/// <summary>A store that answers what the test says, and remembers what it was told.</summary>
internal sealed class ScriptedBindingStore : IBindingStore
{
    public CommitStatus Status { get; set; } = CommitStatus.Done;

    /// <summary>Called for each commit; what it throws comes out of the registrar.</summary>
    public Action? OnCommit { get; set; }

    /// <summary>Each commit: the bindings as they will be.</summary>
    public List<string[]> Commits { get; } = [];

    /// <summary>Octets that the thread had allocated when the last commit was asked for.</summary>
    public long AllocatedBytes { get; private set; }

    public CommitStatus Commit(RegisterPlan plan, int shard, long ticket)
    {
        var lines = new List<string>();
        foreach (ref readonly var entry in plan.Entries)
        {
            if (entry.Result is { } binding)
            {
                lines.Add($"{Encoding.Latin1.GetString(binding.ContactUri)} until {entry.ExpiresTick}");
            }
        }

        Commits.Add([.. lines]);
        OnCommit?.Invoke();
        AllocatedBytes = GC.GetAllocatedBytesForCurrentThread();
        return Status;
    }
}
