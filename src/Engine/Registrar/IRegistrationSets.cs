namespace ImsSipFast.Engine.Registrar;

/// <summary>
/// Which addresses-of-record are registered together: the REGISTER for one of them binds all (3GPP TS 23.228 §5.2.1a calls
/// that an implicit registration set). A set is known by the key of one of its members, always the same. Safe from any
/// thread and without a lock, for every look-up asks; the answer for one address-of-record stays the same while the engine
/// runs, since it says which shard has the bindings.
/// </summary>
internal interface IRegistrationSets
{
    /// <summary>The key of the set of an address-of-record: its own when it is registered alone.</summary>
    ReadOnlySpan<byte> SetOf(ReadOnlySpan<byte> addressOfRecord);
}
