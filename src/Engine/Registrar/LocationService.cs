namespace ImsSipFast.Engine.Registrar;

/// <summary>Placeholder for the room's first build.</summary>
internal sealed class LocationService(int partitions)
{
    /// <summary>Partitions, one a shard.</summary>
    public int Partitions { get; } = partitions;
}
