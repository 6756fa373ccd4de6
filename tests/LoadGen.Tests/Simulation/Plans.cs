using System.Net;
using ImsSipFast.LoadGen.Planning;

namespace ImsSipFast.LoadGen.Tests.Simulation;

/// <summary>Plans of tests.</summary>
internal static class Plans
{
    /// <summary>The proxy of a scripted test.</summary>
    public static readonly IPEndPoint Proxy = new(IPAddress.Parse("192.0.2.1"), 5060);

    /// <summary>A plan of one profile and one measured phase.</summary>
    public static LoadPlan Of(Profile profile, double rate = 10, double seconds = 1) => new()
    {
        Target = Proxy,
        Domain = "example.com",
        Users = 100,
        Mix = [new(profile, 1)],
        Phases = [Steady(rate, seconds)],
        RegisterFirst = false,
    };

    /// <summary>A measured phase of an even rate.</summary>
    public static Phase Steady(double rate, double seconds) => new("steady", TimeSpan.FromSeconds(seconds), rate, rate, true);
}
