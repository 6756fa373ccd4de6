using System.Globalization;
using System.Text;

namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>
/// What every datagram of the proxy must be, whatever the case was about: it is read from what the end points got,
/// with the tests' own eyes.
/// </summary>
internal static class WireOracle
{
    public static void Check(SimTestBed bed)
    {
        var requests = new Dictionary<string, byte[]>();
        var finals = new Dictionary<string, string>();
        foreach (var endpoint in bed.Endpoints)
        {
            foreach (var arrival in endpoint.Log.Where(a => bed.Listeners.Contains(a.From)))
            {
                var message = WireMessage.Read(arrival);
                CheckLength(message);
                if (message.IsRequest)
                {
                    CheckRequest(bed, endpoint.Address, message, requests);
                }
                else
                {
                    CheckResponse(endpoint.Address, message, finals);
                }
            }
        }
    }

    private static void CheckLength(WireMessage message)
    {
        if (message.Find("Content-Length") is { } length)
        {
            Assert.Equal(message.Body.Length, int.Parse(length, CultureInfo.InvariantCulture));
        }
    }

    private static void CheckRequest(SimTestBed bed, string at, WireMessage message, Dictionary<string, byte[]> seen)
    {
        Assert.Contains(WireText.SentBy(message.Vias[0]), bed.SentBy);
        Assert.StartsWith("z9hG4bK", message.Branch);
        Assert.Single(message.Lines("Max-Forwards"));

        // RFC 3261 §8.1.1.7: a branch names one transaction; only a retransmission, a CANCEL or an ACK repeats it.
        if (message.Method is "ACK" or "CANCEL")
        {
            return;
        }

        if (seen.TryGetValue(message.Branch, out var first))
        {
            Assert.Equal(Encoding.Latin1.GetString(first), $"{at}\n{Encoding.Latin1.GetString(message.Octets)}");
        }
        else
        {
            seen.Add(message.Branch, Encoding.Latin1.GetBytes($"{at}\n{Encoding.Latin1.GetString(message.Octets)}"));
        }
    }

    private static void CheckResponse(string at, WireMessage message, Dictionary<string, string> finals)
    {
        // RFC 3261 §17.1.1.3: an ACK is never answered.
        var method = message.Find("CSeq")?.Split(' ')[^1];
        Assert.NotEqual("ACK", method);
        if (message.Status < 200 || (message.Status < 300 && method == "INVITE"))
        {
            return;
        }

        // One final response for each server transaction, and every copy of it the same (2xx to INVITE apart, RFC 6026).
        var key = $"{at} {message.Vias[0]} {message.Find("CSeq")} {message.Find("Call-ID")} {WireText.Param(message.Find("From") ?? "", "tag")}";
        if (finals.TryGetValue(key, out var first))
        {
            // A REGISTER has no transaction here: when it comes again its 200 shows the bindings as they are by then.
            Assert.Equal(method == "REGISTER" ? first.Split('\r')[0] : first, method == "REGISTER" ? message.StartLine : message.ToString());
        }
        else
        {
            finals.Add(key, message.ToString());
        }
    }
}
