using System.Globalization;

namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>
/// What the location service must hold, kept by the witness from the REGISTERs that got a 200: each request is applied
/// once, however often it comes (RFC 3261 §10.3, §17.2.2).
/// </summary>
internal sealed class SimWorldLocation(SipEngineOptions options)
{
    private readonly Dictionary<string, Dictionary<string, (long ExpiryTick, int Q)>> _users = [];
    private readonly HashSet<string> _applied = [];

    /// <summary>Bindings that came back to life by a retransmission of the REGISTER that made them.</summary>
    public int Revived { get; private set; }

    /// <summary>A REGISTER has got its 200.</summary>
    public void Apply(SimWorldMessage register, long engineTick)
    {
        var isFirst = _applied.Add(register.Branch);
        var user = UserOf(WireText.Uri(register["To"]));
        if (!_users.TryGetValue(user, out var bindings))
        {
            _users[user] = bindings = [];
        }

        foreach (var contact in register.All("Contact"))
        {
            var expires = WireText.Param(contact, "expires") ?? register.Find("Expires");
            var seconds = expires is null ? options.DefaultExpires : int.Parse(expires, CultureInfo.InvariantCulture);
            var q = (int)(1000 * double.Parse(WireText.Param(contact, "q") ?? "1", CultureInfo.InvariantCulture));
            if (!isFirst)
            {
                Revive(bindings, WireText.Uri(contact), seconds, q, engineTick);
            }
            else if (contact == "*")
            {
                bindings.Clear();
            }
            else if (seconds == 0)
            {
                bindings.Remove(WireText.Uri(contact));
            }
            else
            {
                bindings[WireText.Uri(contact)] = (engineTick + (1000L * Math.Min(seconds, options.MaxExpires)), q);
            }
        }
    }

    /// <summary>
    /// A REGISTER that comes again is served again, since it has no transaction: what it registered and somebody has
    /// taken back meanwhile is registered once more. Known; RFC 3261 §17.2.2 would absorb it.
    /// </summary>
    private void Revive(Dictionary<string, (long ExpiryTick, int Q)> bindings, string contact, int seconds, int q, long engineTick)
    {
        if (seconds > 0 && (!bindings.TryGetValue(contact, out var known) || known.ExpiryTick <= engineTick))
        {
            Revived++;
            bindings[contact] = (engineTick + (1000L * Math.Min(seconds, options.MaxExpires)), q);
        }
    }

    /// <summary>The Contacts of a user at that tick, with their q.</summary>
    public Dictionary<string, int> Live(string user, long engineTick) => _users.TryGetValue(user, out var bindings)
        ? bindings.Where(b => b.Value.ExpiryTick > engineTick).ToDictionary(static b => b.Key, static b => b.Value.Q)
        : [];

    /// <summary>The user part of a URI at home.test; empty for any other.</summary>
    public static string UserOf(string uri)
    {
        var bare = WireText.BareUri(uri);
        return bare.EndsWith("@home.test", StringComparison.Ordinal) ? bare[4..^"@home.test".Length] : "";
    }
}
