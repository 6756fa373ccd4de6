using System.Text.Json;
using System.Text.Json.Serialization;

namespace ImsSipFast.LoadGen.Driver.Report;

/// <summary>The reports as JSON, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RunReport))]
[JsonSerializable(typeof(KneeReport))]
[JsonSerializable(typeof(ComparisonReport))]
internal sealed partial class JsonReport : JsonSerializerContext
{
    /// <summary>For pages; a file keeps its line breaks.</summary>
    public static JsonReport Compact => field ??= new JsonReport(new JsonSerializerOptions(Default.Options) { WriteIndented = false });
}
