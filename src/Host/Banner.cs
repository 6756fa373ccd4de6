using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text;
using ImsSipFast.Engine;
using Microsoft.Extensions.Logging;

namespace ImsSipFast.Host;

/// <summary>What is printed when the proxy is up: where it listens, as what, and how to reach it with a phone.</summary>
internal static class Banner
{
    /// <summary>The version of the program.</summary>
    public static string Version => field ??= typeof(Banner).Assembly.GetName().Version!.ToString(3);

    /// <param name="options">The options of the run.</param>
    /// <param name="bound">Where each listener is bound, in the order of the options.</param>
    /// <param name="reached">The addresses that peers reach them at.</param>
    /// <param name="receiveBufferBytes">SO_RCVBUF of each, as the kernel granted it.</param>
    public static string Text(HostOptions options, IReadOnlyList<IPEndPoint> bound, IReadOnlyList<IPEndPoint> reached, IReadOnlyList<int> receiveBufferBytes)
    {
        var phone = SoftphoneHint.Of(options, bound[0], reached);
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"ImsSipFast {Version} is ready\n");
        foreach (var endPoint in bound)
        {
            _ = Append(text, "listens on", new ListenAddress(endPoint).ToString());
        }

        foreach (var endPoint in reached.Where(r => !IPAddress.IsLoopback(r.Address) && !bound.Contains(r)))
        {
            _ = Append(text, "reached at", new ListenAddress(endPoint).ToString());
        }

        _ = Append(text, "buffer", Buffer(options.Engine.ReceiveBufferBytes, receiveBufferBytes.Min()));
        _ = Append(text, "memory", Memory(options.Engine));
        _ = Append(text, "mode", Mode(options.Engine));
        _ = Append(text, "softphone", "user: any, such as 1001");
        _ = Append(text, "", $"domain: {phone.Domain}");
        _ = Append(text, "", $"proxy: {phone.Proxy} (UDP)");
        _ = Append(text, "", "password: anything; there is no authentication yet");
        _ = Append(text, "log", Log(options));
        return Append(text, "stop", $"Ctrl-C: calls may end for up to {options.Engine.DrainTimeout} s; again: at once").ToString();
    }

    private static StringBuilder Append(StringBuilder text, string name, string value) =>
        text.Append(CultureInfo.InvariantCulture, $"  {name,-11} {value}\n");

    private static string Mode(SipEngineOptions options) => options.Mode switch
    {
        NetworkMode.Loopback => "loopback: all on this machine; a domain seen in a REGISTER becomes ours",
        NetworkMode.Lan => "lan: Contacts are used as the phones write them; a peer of another network is reached where its REGISTER came from",
        _ => options.Advertise is { } address
            ? $"nat: announced as {address}; a private Contact is reached where its REGISTER came from"
            : "nat: a private Contact is reached where its REGISTER came from",
    };

    private static string Memory(SipEngineOptions options) =>
        $"{options.MemoryOctets() >> 20:N0} MiB for calls and registrations{(options.Memory == 0 ? ", half of what there is" : "")} (--memory)";

    // The kernel counts twice what is asked, in 31 bits: 1 GiB becomes an octet less.
    private static string Buffer(int asked, int granted) => granted >= Math.Min(asked, int.MaxValue / 2)
        ? $"{granted:N0} octets of receive buffer"
        : $"{granted:N0} octets of receive buffer granted, {asked:N0} asked (sysctl net.core.rmem_max limits it)";

    private static string Log(HostOptions options)
    {
        var level = Options.OptionValues.LogLevels.First(pair => pair.Value == options.LogLevel).Key;
        var rate = options.LogLevel > LogLevel.Information ? ""
            : options.LogRate == 0 ? ", every message" : $", up to {options.LogRate:N0} message lines/s";
        return $"{level}{rate}; {(options.LogFile is { } file ? $"also in {file}" : "no file")}";
    }
}
