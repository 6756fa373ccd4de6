using ImsSipFast.LoadGen.Driver.Options;

namespace ImsSipFast.LoadGen.Driver;

/// <summary>Reads the command line and turns what goes wrong into one line and an exit code.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        try
        {
            return DriverCommand.Invoke(arguments, static request => { Console.WriteLine(request); return 0; }, Console.Out, Console.Error);
        }
        catch (UnavailableException refusal)
        {
            Console.Error.WriteLine(refusal.Message);
            return ExitCode.Unavailable;
        }
        catch (Exception fault)
        {
            Console.Error.WriteLine($"a fault of the program: {fault}");
            return ExitCode.Fault;
        }
    }
}
