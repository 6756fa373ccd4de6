using ImsSipFast.LoadGen.Driver;

namespace ImsSipFast.LoadGen.Scenarios;

/// <summary>The front end that runs the user agents under NBomber.</summary>
internal static class Program
{
    private static int Main(string[] arguments) => Entry.Run(stop =>
        ScenarioCommand.Invoke(arguments, new ScenarioSession(Console.Out, stop).Execute, Console.Out, Console.Error));
}
