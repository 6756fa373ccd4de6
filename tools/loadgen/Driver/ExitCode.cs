namespace ImsSipFast.LoadGen.Driver;

/// <summary>How a run ends. The high ones are those of sysexits.h and of shells.</summary>
internal static class ExitCode
{
    /// <summary>No attempt failed and the generator kept up.</summary>
    public const int Fine = 0;

    /// <summary>At least one attempt failed, or no rate was within the bounds.</summary>
    public const int Failures = 1;

    /// <summary>The generator itself fell behind or lost datagrams: the figures cannot be believed.</summary>
    public const int SelfCheckFailed = 2;

    /// <summary>EX_USAGE: a wrong command line.</summary>
    public const int Usage = 64;

    /// <summary>EX_UNAVAILABLE: a name, port, process or file that cannot be had, or nobody at the target.</summary>
    public const int Unavailable = 69;

    /// <summary>EX_SOFTWARE: a fault of the program.</summary>
    public const int Fault = 70;

    /// <summary>128 + SIGINT: stopped before the end.</summary>
    public const int Interrupted = 130;

    /// <summary>A doubtful generator outweighs failures: they may be its own.</summary>
    public static int Of(bool believed, bool failures) => !believed ? SelfCheckFailed : failures ? Failures : Fine;

    /// <summary>The lines of the help text.</summary>
    public const string Help =
        """
        Exit codes:
          0    no failures
          1    failures seen (find-knee: no rate was within the bounds)
          2    self-check failed: the generator itself fell behind, so the figures cannot be believed
               (find-knee: the generator was the limit, the knee is above the rate printed)
          64   wrong command line
          69   a name, port, process or file cannot be had, or nobody answers at the target
          70   a fault of the program
          130  stopped by Ctrl-C or SIGTERM

        """;
}
