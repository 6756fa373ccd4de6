using System.Globalization;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Corpora;

/// <summary>
/// What a proxy may change of a request that it passes on (RFC 3261 §16.6), and that it changes nothing else: header
/// fields and body that are none of its business are the same octets in the same order.
/// </summary>
internal static class ForwardedCopyOracle
{
    private static readonly string[] s_business = ["Via", "Max-Forwards", "Max-Breadth", "Record-Route", "Route"];

    public static void Check(ReadOnlySpan<byte> came, ReadOnlySpan<byte> left)
    {
        var (before, after) = (RawMessage.Read(came), RawMessage.Read(left));
        Assert.Equal(before.LinesExcept(s_business), after.LinesExcept(s_business));
        Assert.Equal(before.Body, after.Body);

        // RFC 3261 §18.3: what came after the body goes no further.
        Assert.Equal(0, after.Trailing);
        Assert.Equal(before.StartLine.Split(' ')[0], after.StartLine.Split(' ')[0]);
        Assert.EndsWith(" SIP/2.0", after.StartLine);
        CheckVias(before, after);
        CheckMaxForwards(before, after);

        // Ours stands on top of what was there.
        var recordRoutes = before.Lines("Record-Route");
        Assert.Equal(recordRoutes, after.Lines("Record-Route")[^recordRoutes.Count..]);
    }

    private static void CheckVias(RawMessage before, RawMessage after)
    {
        var (came, left) = (before.Lines("Via"), after.Lines("Via"));
        Assert.Equal(came.Count + 1, left.Count);
        Assert.Contains("branch=z9hG4bK", left[0]);

        // The first Via that came may have been given received and rport; the others are untouched.
        Assert.Equal(WithoutReceived(before.Values("Via")[0]), WithoutReceived(after.Values("Via")[1]));
        Assert.Equal(came.Skip(1), left.Skip(2));
    }

    private static void CheckMaxForwards(RawMessage before, RawMessage after)
    {
        var came = before.Values("Max-Forwards");
        var left = int.Parse(Assert.Single(after.Values("Max-Forwards")), CultureInfo.InvariantCulture);
        Assert.Equal(came.Count == 0 ? 70 : int.Parse(Assert.Single(came), CultureInfo.InvariantCulture) - 1, left);
    }

    private static string WithoutReceived(string via)
    {
        var parameters = WireText.Split(via, ';');
        parameters.RemoveAll(static p => p.StartsWith("received", StringComparison.OrdinalIgnoreCase) || p.StartsWith("rport", StringComparison.OrdinalIgnoreCase));
        return string.Join(';', parameters);
    }
}
