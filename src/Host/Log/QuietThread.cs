using System.Runtime.InteropServices;

namespace ImsSipFast.Host.Log;

/// <summary>A thread that gives way to the ones that carry calls.</summary>
internal static partial class QuietThread
{
    private const int PrioProcess = 0;
    private const int Nice = 10;

    /// <summary>Lowers the priority of the calling thread.</summary>
    public static void LowerPriority()
    {
        if (OperatingSystem.IsLinux())
        {
            // The framework's priorities do nothing on Linux. There, "process 0" is the calling thread alone;
            // a system that refuses leaves the thread as it was, which is no harm.
            _ = SetPriority(PrioProcess, 0, Nice);
        }
        else
        {
            Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int priority);
}
