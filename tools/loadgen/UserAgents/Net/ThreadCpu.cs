using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ImsSipFast.LoadGen.Net;

/// <summary>CPU time of the calling thread; of the process where the system does not tell.</summary>
internal static partial class ThreadCpu
{
    private const int ThreadClock = 3;

    /// <summary>Microseconds.</summary>
    public static double Now()
    {
        if (OperatingSystem.IsLinux() && ReadClock(ThreadClock, out var time) == 0)
        {
            return (time.Seconds * 1e6) + (time.Nanoseconds / 1e3);
        }

        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime.TotalMicroseconds;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ReadClock(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
