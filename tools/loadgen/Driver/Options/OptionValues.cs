using System.Globalization;
using System.Net;
using ImsSipFast.LoadGen.Planning;

namespace ImsSipFast.LoadGen.Driver.Options;

/// <summary>Reads the text of a value. Nothing here throws: a wrong value is an answer, not an exception.</summary>
/// <typeparam name="T">What it becomes.</typeparam>
internal delegate bool TryRead<T>(string text, out T value);

/// <summary>How the text of values is read.</summary>
internal static class OptionValues
{
    public const double MaxRate = 1_000_000;
    private const int DefaultSipPort = 5060;

    private static readonly (string Unit, double Seconds)[] Units = [("ms", 1e-3), ("us", 1e-6), ("µs", 1e-6), ("s", 1), ("m", 60), ("h", 3600)];

    /// <summary>A number with a unit ("500ms", "1.5m"); without one it is seconds.</summary>
    public static bool TryDuration(string text, out TimeSpan value)
    {
        value = default;
        var (unit, seconds) = Units.FirstOrDefault(u => text.EndsWith(u.Unit, StringComparison.Ordinal), ("", 1));
        if (!TryNumber(text[..^unit.Length], out var number) || number < 0 || number * seconds > TimeSpan.FromDays(30).TotalSeconds)
        {
            return false;
        }

        value = TimeSpan.FromMicroseconds(Math.Round(number * seconds * 1e6));
        return true;
    }

    /// <summary>Durations within two limits, both allowed.</summary>
    public static TryRead<TimeSpan> Duration(TimeSpan least, TimeSpan most) =>
        (string text, out TimeSpan value) => TryDuration(text, out value) && value >= least && value <= most;

    /// <summary>Whole numbers within two limits, both allowed.</summary>
    public static TryRead<int> Whole(int least, int most) => (string text, out int value) =>
        int.TryParse(text.Replace(",", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= least && value <= most;

    /// <summary>Attempts per second, 0.1 to <see cref="MaxRate"/>.</summary>
    public static bool TryRate(string text, out double value) => TryNumber(text, out value) && value is >= 0.1 and <= MaxRate;

    /// <summary>A share from 0 to 1, or in percent ("20%").</summary>
    public static bool TryShare(string text, out double value)
    {
        var percent = text.EndsWith('%');
        var isNumber = TryNumber(percent ? text[..^1] : text, out value);
        value /= percent ? 100 : 1;
        return isNumber && value is >= 0 and <= 1;
    }

    /// <summary>Any number of 64 bits.</summary>
    public static bool TrySeed(string text, out ulong value) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    /// <summary>Words that are not empty.</summary>
    public static bool TryText(string text, out string value)
    {
        value = text;
        return text.Length > 0 && !text.Any(static c => char.IsControl(c) || c == ' ');
    }

    /// <summary>A host name or address, an IPv6 address in brackets, and a port; the port of SIP where there is none, 0 for no proxy.</summary>
    public static bool TryTarget(string text, out DnsEndPoint value)
    {
        value = new DnsEndPoint("localhost", 0);
        var colon = text.LastIndexOf(':');
        var bracket = text.LastIndexOf(']');
        var port = DefaultSipPort;
        if (colon > bracket && (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port > 65535))
        {
            return false;
        }

        var host = colon > bracket ? text[..colon] : text;
        host = host.StartsWith('[') && host.EndsWith(']') ? host[1..^1] : host.Contains(':', StringComparison.Ordinal) ? "" : host;
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
        {
            return false;
        }

        value = new DnsEndPoint(host, port);
        return true;
    }

    /// <summary>An IP address, an IPv6 address in brackets, and a port; port 0 for any where there is none.</summary>
    public static bool TryLocal(string text, out IPEndPoint value) => IPEndPoint.TryParse(text, out value!);

    /// <summary>FROM:TO:SECONDS.</summary>
    public static bool TryRamp(string text, out Ramp value)
    {
        value = new Ramp(0, 0, default);
        if (text.Split(':') is not [var from, var to, var length]
            || !TryRate(from, out var start) || !TryRate(to, out var end) || !TryDuration(length, out var duration) || duration < TimeSpan.FromSeconds(1))
        {
            return false;
        }

        value = new Ramp(start, end, duration);
        return true;
    }

    /// <summary>FROM:TO:COUNT:SECONDS.</summary>
    public static bool TrySteps(string text, out Steps value)
    {
        value = new Steps(0, 0, 0, default);
        if (text.Split(':') is not [var from, var to, var count, var length]
            || !TryRate(from, out var start) || !TryRate(to, out var end) || !Whole(2, 100)(count, out var number)
            || !TryDuration(length, out var duration) || duration < TimeSpan.FromSeconds(1))
        {
            return false;
        }

        value = new Steps(start, end, number, duration);
        return true;
    }

    /// <summary>A profile's name, or names with weights: "call=5,register=3".</summary>
    public static bool TryMix(string text, out IReadOnlyList<ProfileShare> value)
    {
        var shares = new List<ProfileShare>();
        value = shares;
        foreach (var part in text.Split(','))
        {
            var words = part.Split('=');
            var weight = 1.0;
            if (words.Length > 2
                || !Enum.TryParse<Profile>(words[0], ignoreCase: true, out var profile) || !Enum.IsDefined(profile) || !char.IsAsciiLetter(words[0][0])
                || (words.Length == 2 && !TryNumber(words[1], out weight)) || weight is <= 0 or > 1e6
                || shares.Any(share => share.Profile == profile))
            {
                return false;
            }

            shares.Add(new ProfileShare(profile, weight));
        }

        return true;
    }

    /// <summary>Whole numbers within two limits, with commas between.</summary>
    public static TryRead<IReadOnlyList<int>> Wholes(int least, int most) => (string text, out IReadOnlyList<int> value) =>
    {
        var read = Whole(least, most);
        var numbers = new List<int>();
        value = numbers;
        foreach (var part in text.Split(','))
        {
            if (!read(part, out var number))
            {
                return false;
            }

            numbers.Add(number);
        }

        return true;
    };

    private static bool TryNumber(string text, out double value) => double.TryParse(
        text.Replace(",", "", StringComparison.Ordinal), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
}
