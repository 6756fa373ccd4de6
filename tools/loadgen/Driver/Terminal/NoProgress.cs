using ImsSipFast.LoadGen.Results;

namespace ImsSipFast.LoadGen.Driver.Terminal;

/// <summary>Shows nothing: --quiet.</summary>
internal sealed class NoProgress : IProgressView
{
    public void Show(string title, TimeSpan length, Action<Action<Sample>> work) => work(static _ => { });
}
