using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ImsSipFast.LoadGen.Net;

/// <summary>Waits for two sockets with microseconds of precision: ppoll on Linux, select elsewhere.</summary>
internal sealed unsafe partial class SocketWait(Socket first, Socket second)
{
    private const short Readable = 1;
    private const int SetTimerSlack = 29;

    private readonly List<Socket> _both = [first, second];

    /// <summary>Asks the kernel not to stretch this thread's waits: by default they may end 50 µs late.</summary>
    public static void AskForPrecision()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = SetProcessOption(SetTimerSlack, 1, 0, 0, 0);
        }
    }

    /// <summary>Which of the two can be read, at the latest after so many microseconds (0: at once).</summary>
    public (bool First, bool Second) Wait(long microseconds)
    {
        if (!OperatingSystem.IsLinux())
        {
            _both.Clear();
            _both.Add(first);
            _both.Add(second);
            Socket.Select(_both, null, null, (int)Math.Min(microseconds, int.MaxValue));
            return (_both.Contains(first), _both.Contains(second));
        }

        var sockets = stackalloc PollDescriptor[2];
        sockets[0] = new() { Descriptor = (int)first.Handle, Events = Readable };
        sockets[1] = new() { Descriptor = (int)second.Handle, Events = Readable };
        var timeout = new TimeSpec { Seconds = (nint)(microseconds / 1_000_000), Nanoseconds = (nint)(microseconds % 1_000_000 * 1000) };
        return Poll(sockets, 2, &timeout, null) > 0 ? (sockets[0].Seen != 0, sockets[1].Seen != 0) : default;
    }

    [LibraryImport("libc", EntryPoint = "ppoll")]
    private static partial int Poll(PollDescriptor* sockets, nuint count, TimeSpec* timeout, void* signals);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int SetProcessOption(int option, nuint a, nuint b, nuint c, nuint d);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Seen;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
