using ImsSipFast.Host.Log;
using Microsoft.Extensions.Logging;

namespace ImsSipFast.Host.Tests.Log;

/// <summary>The log file as an operator treats it: follows, rotates, deletes it, fills the disk.</summary>
public sealed class FileSinkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestClock _clock = new();
    private readonly List<string> _reports = [];

    [Fact]
    public void Lines_are_appended_plain()
    {
        var path = _folder.Write("a.log", "yesterday\n");
        using (var sink = New(path))
        {
            sink.Write([Line("one"), Line("two")]);
            Assert.Equal(
                "yesterday\n2025-10-27 12:34:56.789 INFO     [RX] one\n2025-10-27 12:34:56.789 INFO     [RX] two\n", File.ReadAllText(path));
        }

        using var again = New(path);
        again.Write([Line("three")]);
        Assert.EndsWith("two\n2025-10-27 12:34:56.789 INFO     [RX] three\n", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.Empty(_reports);
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("moved")]
    [InlineData("moved and made anew")]
    [InlineData("emptied")]
    public void A_file_that_was_rotated_is_begun_anew(string how)
    {
        var path = Path.Combine(_folder.Path, "a.log");
        using var sink = New(path);
        sink.Write([Line("before")]);
        switch (how)
        {
            case "deleted":
                File.Delete(path);
                break;
            case "emptied":
                File.WriteAllText(path, "");
                break;
            default:
                File.Move(path, path + ".1");
                if (how != "moved")
                {
                    File.WriteAllText(path, "");
                }

                break;
        }

        _clock.Advance(1);
        sink.Write([Line("after")]);
        Assert.Equal("2025-10-27 12:34:56.789 INFO     [RX] after\n", File.ReadAllText(path));
        Assert.Empty(_reports);
    }

    [Fact]
    public void A_full_file_is_rotated_and_only_what_is_older_than_the_kept_ones_goes()
    {
        var path = Path.Combine(_folder.Path, "a.log");
        var line = Line("0000").ToString().Length + 1;
        using var sink = new FileSink(path, _clock, (_, text) => _reports.Add(text), sizeLimit: 2 * line);
        for (var i = 0; i < 10; i++)
        {
            sink.Write([Line($"{i:0000}")]);
        }

        Assert.Equal(
            ["0008 0009", "0006 0007", "0004 0005", "0002 0003"],
            ((string[])["", ".1", ".2", ".3"]).Select(end => string.Join(' ', File.ReadAllLines(path + end).Select(static l => l[^4..]))));
        Assert.False(File.Exists(path + ".4"));
        Assert.Equal([false, false, false, true], _reports.Select(static r => r.Contains("is deleted", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_file_that_cannot_be_renamed_goes_on_growing_and_says_so_once()
    {
        var path = _folder.Write("a.log", "full\n");
        Directory.CreateDirectory(path + ".1");
        File.WriteAllText(Path.Combine(path + ".1", "x"), "");
        Directory.CreateDirectory(path + ".2");
        File.WriteAllText(Path.Combine(path + ".2", "x"), "");
        using var sink = new FileSink(path, _clock, (_, text) => _reports.Add(text), sizeLimit: 4);
        sink.Write([Line("one")]);
        sink.Write([Line("two")]);
        Assert.Equal(3, File.ReadAllLines(path).Length);
        Assert.Contains("cannot be renamed", Assert.Single(_reports), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_that_write_to_one_file_do_not_overwrite_each_other()
    {
        var path = Path.Combine(_folder.Path, "a.log");
        using var one = New(path);
        using var other = New(path);
        for (var i = 0; i < 3; i++)
        {
            one.Write([Line($"one {i}")]);
            other.Write([Line($"other {i}")]);
        }

        Assert.Equal(["one 0", "other 0", "one 1", "other 1", "one 2", "other 2"], File.ReadAllLines(path).Select(static l => l[(l.IndexOf(']', StringComparison.Ordinal) + 2)..]));
    }

    [Fact]
    public void A_folder_that_does_not_exist_is_said_once_and_the_file_is_begun_when_it_does()
    {
        var path = Path.Combine(_folder.Path, "logs", "a.log");
        using var sink = New(path);
        for (var i = 0; i < 5; i++)
        {
            sink.Write([Line("lost")]);
            _clock.Advance(31);
        }

        var report = Assert.Single(_reports);
        Assert.StartsWith($"Error: log file {path} cannot be written: ", report, StringComparison.Ordinal);
        Assert.EndsWith("; going on without it", report, StringComparison.Ordinal);

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        sink.Write([Line("there")]);
        Assert.Equal("2025-10-27 12:34:56.789 INFO     [RX] there\n", File.ReadAllText(path));
        Assert.Equal($"Warning: log file {path} is written again; 5 lines are not in it", _reports[^1]);
    }

    [Fact]
    public void A_full_disk_is_said_once()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "This system has no device that is always full.");
        using var sink = New("/dev/full");
        for (var i = 0; i < 5; i++)
        {
            sink.Write([Line("lost")]);
            _clock.Advance(31);
        }

        Assert.Equal(["Error: log file /dev/full cannot be written: No space left on device; going on without it"], _reports.Select(WithoutPath));
        static string WithoutPath(string report) => report.Replace(" : '/dev/full'", "", StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private FileSink New(string path) => new(path, _clock, (level, text) => _reports.Add($"{level}: {text}"));

    private static LogLine Line(string text) => new(new DateTime(2025, 10, 27, 12, 34, 56, 789), LogLevel.Information, "RX", text);
}
