using System.Text;

namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>
/// The dialogs as the wire tells of them: a 2xx to an INVITE that the engine passed on makes one, a BYE that it passed on
/// ends it for good, whatever comes after.
/// </summary>
internal sealed class DialogOracle
{
    private readonly HashSet<string> _answered = [];
    private readonly HashSet<string> _ended = [];

    public DialogOracle(SimEngine engine)
    {
        foreach (var (tick, to, octets) in engine.Sent)
        {
            var isBye = octets.AsSpan().StartsWith("BYE "u8);
            if (!isBye && !octets.AsSpan().StartsWith("SIP/2.0 2"u8))
            {
                continue;
            }

            var message = WireMessage.Parse(octets, tick, to.ToString());
            if (message.ToTag is { } toTag && (isBye || message.CSeqMethod == "INVITE"))
            {
                (isBye ? _ended : _answered).Add(Name(message, toTag));
            }
        }
    }

    /// <summary>Dialogs that a 2xx has made.</summary>
    public int Answered => _answered.Count;

    /// <summary>Those that no BYE has ended.</summary>
    public int Up => _answered.Count(name => !_ended.Contains(name));

    private static string Name(WireMessage message, string toTag)
    {
        string[] tags = [WireText.Param(message["From"], "tag") ?? "", toTag];
        Array.Sort(tags, StringComparer.Ordinal);
        return new StringBuilder(message["Call-ID"]).Append('\n').AppendJoin('\n', tags).ToString();
    }
}
