using ImsSipFast.LoadGen.Tests.EndToEnd;

namespace ImsSipFast.LoadGen.Tests.Scenarios;

/// <summary>One proxy for all tests of a class.</summary>
public sealed class ProxyFixture : IAsyncLifetime
{
    private ChildProcess? _proxy;

    /// <summary>Where it listens.</summary>
    public string Address { get; private set; } = "";

    public async ValueTask InitializeAsync() => (_proxy, Address) = await ChildProcess.ProxyAsync();

    public ValueTask DisposeAsync()
    {
        _proxy?.Dispose();
        return ValueTask.CompletedTask;
    }
}
