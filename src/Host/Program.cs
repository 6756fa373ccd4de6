using System.Net;
using System.Net.Sockets;
using System.Text;
using ImsSipFast.Engine;
using ImsSipFast.Host.Log;
using ImsSipFast.Host.Options;
using Microsoft.Extensions.Logging;

namespace ImsSipFast.Host;

/// <summary>Reads the options, makes the log and the engine, and turns what goes wrong into one line and an exit code.</summary>
internal static class Program
{
    private const string SettingsFile = "appsettings.json";
    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(200);

    private static async Task<int> Main(string[] arguments)
    {
        SipEngine.PrepareProcess();
        if (DescriptorLimit.Check(DescriptorLimit.Needed(new SipEngineOptions())) is { } tooFew)
        {
            DescriptorLimit.Tell(tooFew);
            return ExitCode.Unavailable;
        }

        try
        {
            var (request, commandLine) = CommandLineSource.Read(arguments);
            if (request != CommandLineRequest.Run)
            {
                Console.Out.Write(Answer(request));
                return ExitCode.Stopped;
            }

            var warnings = new List<string>();
            var settings = Path.Combine(AppContext.BaseDirectory, SettingsFile);
            var options = OptionReader.Read(commandLine, Environment.GetEnvironmentVariables(), settings, warnings);
            return await RunAsync(options, warnings).ConfigureAwait(false);
        }
        catch (OptionException refusal)
        {
            return Refuse(ExitCode.Configuration, refusal.Message);
        }
        catch (Exception fault)
        {
            return Refuse(ExitCode.Fault, $"a fault of the program: {fault}");
        }
    }

    private static async Task<int> RunAsync(HostOptions options, List<string> warnings)
    {
        if (OperatingSystem.IsWindows())
        {
            // Elsewhere terminals read UTF-8 without being told.
            Console.OutputEncoding = Encoding.UTF8;
        }

        // Again, for so many listeners.
        if (DescriptorLimit.Check(DescriptorLimit.Needed(options.Engine)) is { } tooFew)
        {
            return Refuse(ExitCode.Unavailable, tooFew);
        }

        var output = Console.OpenStandardOutput();
        var coloured = ConsoleSink.TerminalShowsColours();
        using var log = new OperatorLog(options.LogLevel, options.LogRate, TimeProvider.System);
        log.Add(new ConsoleSink(output, coloured));
        if (options.LogFile is { } file)
        {
            log.Add(new FileSink(file, TimeProvider.System, log.Write, options.LogFileSize * FileSink.Mebibyte));
        }

        options.Engine.Secret = SecretFile.Of(options, warnings);
        warnings.ForEach(warning => log.Write(LogLevel.Warning, warning));
        using var signals = new StopSignals(code =>
        {
            log.Announce("a second signal: ending at once");
            log.Stop(LastWords);
            Environment.Exit(code);
        });
        try
        {
            await using var engine = new SipEngine(options.Engine, log);
            await new SipEngineService(options, engine, log, output, coloured).RunAsync(signals).ConfigureAwait(false);
            return ExitCode.Stopped;
        }
        catch (ListenException refusal)
        {
            return Refuse(
                refusal.Error is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported ? ExitCode.Configuration : ExitCode.Unavailable,
                refusal.Message + Advice(refusal));
        }
    }

    /// <summary>What to try when an address cannot be listened on.</summary>
    private static string Advice(ListenException refusal)
    {
        var other = new ListenAddress(new IPEndPoint(refusal.Address.EndPoint.Address, refusal.Address.EndPoint.Port is var port and < 65_526 and > 1023 ? port + 10 : 5070));
        return refusal.Error switch
        {
            SocketError.AddressAlreadyInUse => $"; stop it (ss -ulnp names it) or try another port: --listen {other}",
            SocketError.AccessDenied => $"; try a higher one: --listen {other}",
            SocketError.AddressNotAvailable => "; --listen udp:0.0.0.0:5060 takes all there are",
            _ => "",
        };
    }

    private static string Answer(CommandLineRequest request) => request switch
    {
        CommandLineRequest.Help => HelpText.Plain(),
        CommandLineRequest.HelpMarkdown => HelpText.Markdown(),
        _ => $"ImsSipFast {Banner.Version}\n",
    };

    private static int Refuse(int code, string line)
    {
        Console.Error.WriteLine(line);
        return code;
    }
}
