using ImsSipFast.LoadGen.Results;

namespace ImsSipFast.LoadGen.Driver.Terminal;

/// <summary>Shows a run while it lasts.</summary>
internal interface IProgressView
{
    /// <summary>Called when the run begins.</summary>
    /// <param name="title">What runs.</param>
    /// <param name="length">How long the phases last together.</param>
    /// <param name="work">The run: it calls back with each second, from this thread.</param>
    void Show(string title, TimeSpan length, Action<Action<Sample>> work);
}
