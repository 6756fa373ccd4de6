using System.Globalization;

namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>
/// What the location service must hold, kept by the witness from the REGISTERs that got a 200: each request is applied
/// once, however often it comes (RFC 3261 §10.3, §17.2.2).
/// </summary>
internal sealed class SimWorldLocation(SipEngineOptions options)
{
    private readonly Dictionary<string, Dictionary<string, (long ExpiryTick, int Q)>> _users = [];
    private readonly Dictionary<string, long> _applied = [];
    private readonly HashSet<string> _uncertain = [];

    /// <summary>
    /// A REGISTER has got its 200. <paramref name="mayBeForgotten"/> is true when the clock of the engine has stepped:
    /// then, and after 64*T1, the engine may take a retransmission for a new request, and what that user has registered
    /// is anybody's guess.
    /// </summary>
    public void Apply(SimWorldMessage register, long engineTick, bool mayBeForgotten)
    {
        var user = UserOf(SimWorldMessage.UriOf(register["To"]));
        if (!_applied.TryAdd(register.Branch, engineTick))
        {
            _uncertain.UnionWith(mayBeForgotten || engineTick - _applied[register.Branch] >= 64 * SimWorld.T1 ? [user] : []);
            return;
        }

        if (!_users.TryGetValue(user, out var bindings))
        {
            _users[user] = bindings = [];
        }

        foreach (var contact in register.All("Contact"))
        {
            var expires = WireText.Param(contact, "expires") ?? register.Find("Expires");
            var seconds = expires is null ? options.DefaultExpires : int.Parse(expires, CultureInfo.InvariantCulture);
            var q = (int)(1000 * double.Parse(WireText.Param(contact, "q") ?? "1", CultureInfo.InvariantCulture));
            if (contact == "*")
            {
                bindings.Clear();
            }
            else if (seconds == 0)
            {
                bindings.Remove(SimWorldMessage.UriOf(contact));
            }
            else
            {
                bindings[SimWorldMessage.UriOf(contact)] = (engineTick + (1000L * Math.Min(seconds, options.MaxExpires)), q);
            }
        }
    }

    /// <summary>The Contacts of a user at that tick, with their q; null when that is not known.</summary>
    public Dictionary<string, int>? Live(string user, long engineTick) => _uncertain.Contains(user) ? null : _users.TryGetValue(user, out var bindings)
        ? bindings.Where(b => b.Value.ExpiryTick > engineTick).ToDictionary(static b => b.Key, static b => b.Value.Q)
        : [];

    /// <summary>The user part of a URI at home.test; empty for any other.</summary>
    public static string UserOf(string uri)
    {
        var bare = WireText.BareUri(uri);
        return bare.StartsWith("sip:", StringComparison.Ordinal) && bare.EndsWith("@home.test", StringComparison.Ordinal) ? bare[4..^"@home.test".Length] : "";
    }
}
