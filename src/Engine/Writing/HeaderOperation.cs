namespace ImsSipFast.Engine.Writing;

/// <summary>
/// Where a line of ours goes. "Below our Via" is right below it in a request, and where it stood in a response: towards
/// the top, as RFC 3261 §7.3.1 recommends for what proxies read.
/// </summary>
internal enum HeaderOperation : byte
{
    /// <summary>Above the first line of its name; below our Via when there is none.</summary>
    Prepend,

    /// <summary>Below the last line of its name; at the end of the header when there is none.</summary>
    Append,

    /// <summary>At the place of the first line of its name, and no other one stays; below our Via when there is none.</summary>
    Replace,
}
