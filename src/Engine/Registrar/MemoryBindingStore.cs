namespace ImsSipFast.Engine.Registrar;

/// <summary>No store beside the location service: a commit is done when it is asked for, and is gone with the process.</summary>
internal sealed class MemoryBindingStore : IBindingStore
{
    /// <inheritdoc/>
    public CommitStatus Commit(RegisterPlan plan, int shard, long ticket) => CommitStatus.Done;
}
