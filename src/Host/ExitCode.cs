namespace ImsSipFast.Host;

/// <summary>How a run ends, in the numbers of sysexits.h and of shells.</summary>
internal static class ExitCode
{
    /// <summary>Stopped by a signal and drained, or only asked for help.</summary>
    public const int Stopped = 0;

    /// <summary>EX_UNAVAILABLE: a port is in use or may not be used, or too few file descriptors are allowed.</summary>
    public const int Unavailable = 69;

    /// <summary>EX_SOFTWARE: a fault of the program.</summary>
    public const int Fault = 70;

    /// <summary>EX_CONFIG: a wrong option or file of settings.</summary>
    public const int Configuration = 78;

    /// <summary>128 + SIGINT: a second Ctrl-C.</summary>
    public const int Interrupted = 130;

    /// <summary>128 + SIGTERM: a second SIGTERM.</summary>
    public const int Terminated = 143;
}
