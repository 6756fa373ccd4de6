using System.Text;
using Microsoft.Extensions.Logging;

namespace ImsSipFast.Host.Log;

/// <summary>
/// Log lines in a plain file that is appended to. When the file was rotated, removed or emptied a new one is
/// begun; when it cannot be written that is said once, and tried again every half minute.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="time">The clock.</param>
/// <param name="report">Takes a line about the file itself, for whoever watches the console.</param>
/// <param name="sizeLimit">Octets before it is rotated; 0 is unlimited.</param>
internal sealed class FileSink(string path, TimeProvider time, Action<LogLevel, string> report, long sizeLimit = 0) : ILogSink
{
    /// <summary>Octets of a MiB.</summary>
    public const long Mebibyte = 1 << 20;

    /// <summary>Older files that are kept beside the one that is written.</summary>
    public const int Kept = 3;

    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);

    private readonly string _path = Path.GetFullPath(path);
    private readonly StringBuilder _text = new();
    private FileStream? _file;
    private long _lost;
    private long _failedAt;
    private bool _failing;
    private bool _cannotRotate;
    private long _checkedAt;

    public void Write(IReadOnlyList<LogLine> lines)
    {
        if (_failing && time.GetElapsedTime(_failedAt) < RetryInterval)
        {
            _lost += lines.Count;
            return;
        }

        _ = _text.Clear();
        foreach (var line in lines)
        {
            line.AppendTo(_text, coloured: false);
        }

        try
        {
            var octets = Encoding.UTF8.GetBytes(_text.ToString());
            Open();
            if (sizeLimit > 0 && _file!.CanSeek && _file.Length > 0 && _file.Length + octets.Length > sizeLimit)
            {
                Rotate();
            }

            _file!.Write(octets);
            if (_failing)
            {
                _failing = false;
                report(LogLevel.Warning, SafeText.Of($"log file {path} is written again; {_lost} lines are not in it"));
                _lost = 0;
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            Fail(fault, lines.Count);
        }
    }

    public void Dispose() => _file?.Dispose();

    private void Open()
    {
        if (_file is not null && time.GetElapsedTime(_checkedAt) >= CheckInterval)
        {
            _checkedAt = time.GetTimestamp();
            if (!IsStillThere(_file))
            {
                _file.Dispose();
                _file = null;
            }
        }

        if (_file is null)
        {
            _checkedAt = time.GetTimestamp();
            // Readers may follow, rotate and delete it. No buffer: a batch is written at once, and is on its way then.
            _file = new FileStream(_path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }

        if (_file.CanSeek)
        {
            // Its end may have moved: emptied by a rotation, or a second process writes to it.
            _ = _file.Seek(0, SeekOrigin.End);
        }
    }

    private void Rotate()
    {
        _file!.Dispose();
        _file = null;
        try
        {
            var oldest = $"{_path}.{Kept}";
            var isLost = File.Exists(oldest);
            for (var i = Kept - 1; i >= 0; i--)
            {
                var from = i == 0 ? _path : $"{_path}.{i}";
                if (File.Exists(from))
                {
                    File.Move(from, $"{_path}.{i + 1}", overwrite: true);
                }
            }

            report(LogLevel.Information, SafeText.Of(
                $"log file {path} was full and is now {path}.1{(isLost ? $"; what was {path}.{Kept} is deleted (--log-file-size)" : "")}"));
            _cannotRotate = false;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException && !_cannotRotate)
        {
            // It goes on growing: better than to lose lines.
            _cannotRotate = true;
            report(LogLevel.Error, SafeText.Of($"log file {path} is full but cannot be renamed: {fault.Message.TrimEnd('.')}; it goes on growing"));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Said already.
        }

        Open();
    }

    // A file of that name with another length than ours is another file.
    private bool IsStillThere(FileStream file)
    {
        var named = new FileInfo(_path);
        return named.Exists && (!file.CanSeek || named.Length == file.Length);
    }

    private void Fail(Exception fault, int lines)
    {
        _lost += lines;
        _failedAt = time.GetTimestamp();
        try
        {
            _file?.Dispose();
        }
        catch (IOException)
        {
            // Closing a file on a full disk may fail like writing it.
        }

        _file = null;
        if (!_failing)
        {
            _failing = true;
            report(LogLevel.Error, SafeText.Of($"log file {path} cannot be written: {fault.Message.TrimEnd('.')}; going on without it"));
        }
    }
}
