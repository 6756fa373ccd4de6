using ImsSipFast.Engine.Parsing;

namespace ImsSipFast.Engine.Writing;

/// <summary>One parameter again: <c>;name[=value]</c>.</summary>
internal static class ParameterWriter
{
    /// <summary>Writes the parameter that <paramref name="walk"/> stands on.</summary>
    public static void Write(ref SipWriter writer, scoped in Parameters walk)
    {
        writer.Write((byte)';');
        writer.Write(walk.Name);
        if (walk.HasValue)
        {
            writer.Write((byte)'=');
            writer.Write(walk.Value);
        }
    }
}
