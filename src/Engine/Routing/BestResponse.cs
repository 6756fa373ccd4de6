namespace ImsSipFast.Engine.Routing;

/// <summary>
/// RFC 3261 §16.7 step 6: which of several final responses goes upstream. A 6xx first; then the lowest class; within
/// 4xx those that tell the caller how to ask again, and last those that only say that nothing was found out.
/// </summary>
internal static class BestResponse
{
    /// <summary>Lower is better.</summary>
    public static int RankOf(int statusCode) => statusCode switch
    {
        >= 600 => 0,
        401 or 407 => 400,
        415 or 420 or 484 => 401,
        408 => 404,
        487 => 403,
        >= 400 and < 500 => 402,
        503 => 505,
        _ => statusCode / 100 * 100,
    };
}
