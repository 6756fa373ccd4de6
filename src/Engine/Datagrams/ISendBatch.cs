namespace ImsSipFast.Engine.Datagrams;

/// <summary>A sender that collects: what one run of a shard sends leaves together.</summary>
internal interface ISendBatch : IDatagramSender
{
    /// <summary>Puts all that was sent since the last call on the wire.</summary>
    void Flush();
}
