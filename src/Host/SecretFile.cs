using System.Security.Cryptography;
using System.Text;
using ImsSipFast.Engine;
using ImsSipFast.Host.Options;

namespace ImsSipFast.Host;

/// <summary>
/// The file with the secret that outlives the process: made at the first start, for its owner alone, and read at each
/// later one. Any text of 32 octets or more will do; what stands in it is never shown.
/// </summary>
internal static class SecretFile
{
    /// <summary>Its name in the current folder, when the user says none.</summary>
    public const string DefaultName = "ims-sip-secret";

    private const int LeastOctets = 32;
    private const int MostOctets = 4096;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>The secret of this run; empty when it is to be a random one.</summary>
    /// <param name="options">What the run was told.</param>
    /// <param name="warnings">Takes a sentence about a file that others may read, or that cannot be made.</param>
    /// <exception cref="OptionException">The file cannot be used.</exception>
    public static ReadOnlyMemory<byte> Of(HostOptions options, ICollection<string> warnings)
    {
        // In loopback mode nothing in a Record-Route is secret: its peers are all on this machine.
        if (options.SecretFile is not { } path || (options.Engine.Mode == NetworkMode.Loopback && !options.SecretFileGiven))
        {
            return default;
        }

        try
        {
            if (!Path.Exists(path) && TryMake(path) is { } fault)
            {
                // Without a file that the user asked for there is no start; the default one may be missing in a read-only folder.
                if (options.SecretFileGiven)
                {
                    throw Unusable(path, $"cannot be made: {fault.Message}");
                }

                warnings.Add($"secret file {path} cannot be made: {fault.Message.TrimEnd('.')}; a restart will cut off calls of other networks");
                return default;
            }

            return Read(path, warnings);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw Unusable(path, $"cannot be read: {fault.Message}");
        }
    }

    private static byte[] Read(string path, ICollection<string> warnings)
    {
        using var file = File.OpenRead(path);
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.SafeFileHandle) & Others) != 0)
        {
            warnings.Add($"secret file {path} is open to other users of this machine; chmod 600 {path}");
        }

        var octets = new byte[MostOctets];
        var length = file.ReadAtLeast(octets, MostOctets, throwOnEndOfStream: false);
        var secret = octets.AsSpan(0, length).Trim(" \t\r\n"u8).ToArray();
        return secret.Length >= LeastOctets
            ? secret
            : throw Unusable(path, $"has {secret.Length} octets, at least {LeastOctets} are needed; without the file a new one is made");
    }

    /// <summary>Makes the file whole or not at all, so that another process that starts now never reads half of it.</summary>
    private static Exception? TryMake(string path)
    {
        var unfinished = $"{path}.{Environment.ProcessId}";
        try
        {
            var how = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                how.UnixCreateMode = OwnerOnly;
            }

            using (var file = new FileStream(unfinished, how))
            {
                file.Write(Encoding.ASCII.GetBytes(RandomNumberGenerator.GetHexString(2 * LeastOctets, lowercase: true) + "\n"));
            }

            File.Move(unfinished, path, overwrite: false);
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            if (File.Exists(unfinished))
            {
                File.Delete(unfinished);
            }

            // Another process may have been quicker.
            return File.Exists(path) ? null : fault;
        }
    }

    private static OptionException Unusable(string path, string why) => OptionException.Because($"secret file {path}: {why}");
}
