using ImsSipFast.Engine.Registrar;

namespace ImsSipFast.Engine.Shards;

/// <summary>The bindings of a shard, in what does not begin with a message: expiry, and the way from one process to the next.</summary>
/// <param name="parts">The shard's registrar and time.</param>
/// <param name="elements">Whose domains have more or fewer bindings then; those adopted in loopback mode come and go with them.</param>
internal sealed class ShardBindings(ShardParts parts, Elements elements)
{
    /// <summary>The bindings as records that outlive the process.</summary>
    public IEnumerable<BindingRecord> Export(BindingRecords records) => parts.Registrar.Export(records, parts.Resources.NowTick);

    /// <summary>
    /// Takes in a binding of a former process, before the first message; its shard is that of its registration set. False when
    /// nothing came of it.
    /// </summary>
    public bool TryRestore(BindingRecord record, BindingRecords records)
    {
        var isRestored = parts.Registrar.TryRestore(record, records, parts.Resources.NowTick);
        if (isRestored)
        {
            Count(elements.All[0].Environment.Location.SetOf(record.RegistrationSet), 1);
        }

        return isRestored;
    }

    /// <summary>A registration set has so many more bindings, or fewer.</summary>
    public void Count(ReadOnlySpan<byte> registrationSet, int bindings)
    {
        foreach (var element in elements.All)
        {
            element.Environment.Identity.Domains.Count(AddressOfRecord.HostOf(registrationSet), bindings);
        }
    }
}
