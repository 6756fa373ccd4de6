using System.Runtime.InteropServices;
using ImsSipFast.Engine;
using Microsoft.Win32.SafeHandles;

namespace ImsSipFast.Host;

/// <summary>
/// The file descriptors that a run needs, asked for before the first of them is missing: afterwards not even the console
/// can be opened to say so.
/// </summary>
internal static partial class DescriptorLimit
{
    // The runtime keeps the file of each assembly open: some 95 once the proxy listens, and more for the first look-up.
    private const int OfTheProgram = 160;
    private const int ResourceNoFile = 7;
    private const int StandardError = 2;

    /// <summary>What these options need.</summary>
    public static int Needed(SipEngineOptions options) => OfTheProgram + SipEngine.SocketsOf(options);

    /// <summary>The line to end with; null when the limit allows so many, or is not known.</summary>
    public static string? Check(int needed)
    {
        var limit = new Limit();
        return OperatingSystem.IsLinux() && GetLimit(ResourceNoFile, ref limit) == 0 && limit.Current < (ulong)needed
            ? $"file descriptors: {limit.Current} allowed, {needed} needed; raise the limit (ulimit -n {needed}, LimitNOFILE= in a systemd unit)"
            : null;
    }

    /// <summary>Prints the line without the console, which takes descriptors to open.</summary>
    public static void Tell(string line)
    {
        using var handle = new SafeFileHandle(StandardError, ownsHandle: false);
        using var error = new FileStream(handle, FileAccess.Write, bufferSize: 0);
        error.Write(System.Text.Encoding.UTF8.GetBytes(line + "\n"));
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, ref Limit limit);

    [StructLayout(LayoutKind.Sequential)]
    private struct Limit
    {
        public ulong Current;
        public ulong Maximum;
    }
}
