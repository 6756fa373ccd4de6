using ImsSipFast.LoadGen.Planning;
using ImsSipFast.LoadGen.Results;

namespace ImsSipFast.LoadGen.Driver;

/// <summary>Drives a target as planned and returns when the last attempt has ended.</summary>
/// <param name="plan">What to do.</param>
/// <param name="progress">Called once a second, from the thread that drives the load: it must return at once.</param>
/// <param name="stop">Ends the run early; what was seen until then is returned.</param>
internal delegate LoadResult RunLoad(LoadPlan plan, Action<Sample> progress, CancellationToken stop);
