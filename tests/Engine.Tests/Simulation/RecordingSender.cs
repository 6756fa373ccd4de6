using System.Text;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>Remembers what was sent, from which listener and where to.</summary>
internal sealed class RecordingSender : IMessageSender
{
    public List<(int Listener, PeerAddress To, string Text)> Log { get; } = [];

    public void Send(in Flow flow, ReadOnlySpan<byte> message) =>
        Log.Add((flow.Listener, flow.Remote, Encoding.Latin1.GetString(message)));

    /// <summary>What was sent since the last call, named by method or status: <c>INVITE</c>, <c>486</c>, or <c>-</c> for nothing.</summary>
    public string Take()
    {
        var names = Log.Select(static sent =>
        {
            string[] words = sent.Text.Split(' ', 3);
            return words[0] == "SIP/2.0" ? words[1] : words[0];
        });
        var taken = Log.Count == 0 ? "-" : string.Join(' ', names);
        Log.Clear();
        return taken;
    }
}
