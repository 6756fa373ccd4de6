namespace ImsSipFast.LoadGen.Driver.Report;

/// <summary>How numbers are written, in tables and pages alike.</summary>
internal static class Figures
{
    /// <summary>12,345.</summary>
    public static string Count(long value) => value.ToString("N0");

    /// <summary>Per second: 2,000 or 1,999.7.</summary>
    public static string Rate(double perSecond) => perSecond.ToString(perSecond == Math.Round(perSecond) || perSecond >= 10_000 ? "N0" : "N1");

    /// <summary>Milliseconds, to the microsecond where they are few; the column's head says the unit.</summary>
    public static string Milliseconds(double microseconds) => (microseconds / 1000).ToString(microseconds < 99_999.5 ? "N3" : microseconds < 999_950 ? "N1" : "N0");

    /// <summary>One delay in the unit that suits it.</summary>
    public static string Delay(double microseconds) => microseconds switch
    {
        < 1000 => $"{microseconds:0} µs",
        < 10_000 => $"{microseconds / 1000:0.00} ms",
        < 1_000_000 => $"{microseconds / 1000:0.0} ms",
        _ => $"{microseconds / 1e6:0.00} s",
    };

    /// <summary>99.98 %.</summary>
    public static string Percent(double percent) => $"{Math.Floor(percent * 100) / 100:0.##} %";

    /// <summary>Mebibytes.</summary>
    public static string Memory(double octets) => $"{octets / (1024 * 1024):N1} MiB";

    /// <summary>Octets in the unit that suits them.</summary>
    public static string Octets(long octets) => octets < 10_000 ? $"{octets:N0} B" : octets < 10_000_000 ? $"{octets / 1024.0:N0} KiB" : Memory(octets);

    /// <summary>Seconds, without decimals where there are none.</summary>
    public static string Seconds(double seconds) => $"{seconds:0.###} s";

    /// <summary>A ratio: 0.412; small and great ones to two or three digits.</summary>
    public static string Ratio(double ratio) => ratio.ToString(ratio < 0.0005 ? "0.0E+0" : ratio < 0.0995 ? "0.0000" : ratio < 9.995 ? "0.000" : "0.0");
}
