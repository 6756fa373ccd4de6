using ImsSipFast.LoadGen.Driver;

namespace ImsSipFast.LoadGen.Tests.Driver;

/// <summary>What a front end makes of a command line, without running what it asks for.</summary>
internal static class ParsedLine
{
    /// <summary>The exit code, the request if there was one, and what was written.</summary>
    public static (int Code, T? Request, string Output, string Error) Of<T>(
        string line, Func<IReadOnlyList<string>, Func<T, int>, TextWriter, TextWriter, int> invoke)
        where T : class
    {
        T? seen = null;
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = invoke(
            line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries), request => { seen = request; return ExitCode.Fine; }, output, error);
        return (code, seen, output.ToString(), error.ToString());
    }
}
