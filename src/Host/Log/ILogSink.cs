namespace ImsSipFast.Host.Log;

/// <summary>A place for log lines. Only the log's own thread writes to it, and it never throws.</summary>
internal interface ILogSink : IDisposable
{
    /// <summary>Writes a batch of lines.</summary>
    void Write(IReadOnlyList<LogLine> lines);
}
