using System.Text;
using ImsSipFast.Engine.Registrar;

namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>Sets that a test makes; the first member of each gives it its key.</summary>
internal sealed class FakeRegistrationSets : IRegistrationSets
{
    private readonly Dictionary<string, byte[]> _keys = [];

    public FakeRegistrationSets(params string[][] sets)
    {
        foreach (var set in sets)
        {
            foreach (var member in set)
            {
                _keys.Add(member, Encoding.Latin1.GetBytes(set[0]));
            }
        }
    }

    public ReadOnlySpan<byte> SetOf(ReadOnlySpan<byte> addressOfRecord) =>
        _keys.TryGetValue(Encoding.Latin1.GetString(addressOfRecord), out var key) ? key : addressOfRecord;
}
