namespace ImsSipFast.Engine.Messages;

/// <summary>A sender that collects: what one run of a shard sends leaves together.</summary>
internal interface ISendBatch : IMessageSender
{
    /// <summary>Puts all that was sent since the last call on the wire.</summary>
    void Flush();
}
