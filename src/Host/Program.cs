using ImsSipFast.Host.Options;

var (request, source) = CommandLineSource.Read(args);
if (request == CommandLineRequest.Help) Console.Write(HelpText.Plain());
if (request == CommandLineRequest.HelpMarkdown) Console.Write(HelpText.Markdown());
var w = new List<string>();
var o = OptionReader.Read(source, Environment.GetEnvironmentVariables(), Path.Combine(AppContext.BaseDirectory, "appsettings.json"), w);
foreach (var x in w) Console.WriteLine(x);
Console.WriteLine(o.Engine.Listen[0]);
