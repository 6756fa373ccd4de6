namespace ImsSipFast.Engine.Messages;

/// <summary>Where a transport delivers what it received. The sink takes ownership of the datagram.</summary>
internal interface IMessageSink
{
    /// <summary>Takes one datagram; never blocks and never throws.</summary>
    void Post(RawMessage datagram);

    /// <summary>
    /// The receiving loop has emptied its socket for now. <paramref name="batchFull"/> is true when the last
    /// batch came back full, which is the sign that the loop is falling behind.
    /// </summary>
    void DrainEnded(bool batchFull);
}
