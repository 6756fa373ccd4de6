using ImsSipFast.Engine;
using Microsoft.Extensions.Logging;

namespace ImsSipFast.Host;

/// <summary>What one run of the host was told: the engine's options and what only the host needs.</summary>
internal sealed class HostOptions
{
    /// <summary>The engine's own options.</summary>
    public SipEngineOptions Engine { get; } = new();

    /// <summary>True when someone said where to listen; otherwise the mode decides.</summary>
    public bool ListenGiven { get; set; }

    /// <summary>Least severe level that is logged. Default info: one line a message.</summary>
    public LogLevel LogLevel { get; set; } = LogLevel.Information;

    /// <summary>The plain log file; null for none. Default ims-sip-server.log in the current folder.</summary>
    public string? LogFile { get; set; } = "ims-sip-server.log";

    /// <summary>Octets of the log file in MiB before it is rotated, 0 to 1,048,576; 0 is unlimited. Default 64.</summary>
    public int LogFileSize { get; set; } = 64;

    /// <summary>The file of the secret; null for a random one. Default ims-sip-secret in the current folder, none in mode loopback.</summary>
    public string? SecretFile { get; set; } = Host.SecretFile.DefaultName;

    /// <summary>True when someone said which; otherwise the run goes on without it where it cannot be made.</summary>
    public bool SecretFileGiven { get; set; }

    /// <summary>Message lines a second, 0 to 1,000,000; 0 is unlimited. Default 2,000; the rest is counted and summarised.</summary>
    public int LogRate { get; set; } = 2000;

    /// <summary>One more file of settings; null for none.</summary>
    public string? Config { get; set; }
}
