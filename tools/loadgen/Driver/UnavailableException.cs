namespace ImsSipFast.LoadGen.Driver;

/// <summary>Something outside that the run needs cannot be had. The message is one line for the user.</summary>
internal sealed class UnavailableException(string line) : Exception(line);
