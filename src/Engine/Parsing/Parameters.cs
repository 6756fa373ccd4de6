using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using ImsSipFast.Engine.Diagnostics;

namespace ImsSipFast.Engine.Parsing;

/// <summary>
/// Walks <c>;name=value;name</c> parameters of a header value or URI. Quoted values keep their quotes.
/// Malformed remains end the walk with <see cref="IsMalformed"/> set.
/// </summary>
internal ref struct Parameters(ReadOnlySpan<byte> text)
{
    private static readonly SearchValues<byte> s_valueEnd = SearchValues.Create("; \t\r\n"u8);

    private ReadOnlySpan<byte> _rest = text;

    /// <summary>Name of the parameter the walk stands on.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>Its value, empty when it has none.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>True when it has a value, even an empty one.</summary>
    public bool HasValue { get; private set; }

    /// <summary>The walk met something that is no parameter.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Goes to the next parameter; false at the end or at something malformed.</summary>
    public bool Next()
    {
        var text = _rest;
        var at = Scan.SkipLws(text, 0);
        if (at >= text.Length)
        {
            return false;
        }

        if (text[at] != ';')
        {
            IsMalformed = true;
            return false;
        }

        at = Scan.SkipLws(text, at + 1);
        var start = at;
        while (at < text.Length && text[at] is not ((byte)';' or (byte)'=') && !Scan.IsLws(text[at]))
        {
            at++;
        }

        Name = text[start..at];
        if (Name.IsEmpty)
        {
            IsMalformed = true;
            return false;
        }

        at = Scan.SkipLws(text, at);
        HasValue = at < text.Length && text[at] == '=';
        Value = default;
        return HasValue ? ReadValue(text, Scan.SkipLws(text, at + 1)) : Leave(text, at);
    }

    /// <summary>True when the walk stands on a parameter of that name, whatever its case.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Is(scoped ReadOnlySpan<byte> name) => Name.SequenceEqual(name) || Ascii.EqualsIgnoreCase(Name, name);

    /// <summary>The value of the first parameter of that name; false when there is none.</summary>
    public static bool TryFind(ReadOnlySpan<byte> text, scoped ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var walk = new Parameters(text);
        while (walk.Next())
        {
            if (walk.Is(name))
            {
                value = walk.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    private bool ReadValue(ReadOnlySpan<byte> text, int start)
    {
        var at = start;
        if (at < text.Length && text[at] == '"')
        {
            at = Scan.SkipQuoted(text, at);
            if (at < 0)
            {
                IsMalformed = true;
                return false;
            }
        }
        else
        {
            var end = text[at..].IndexOfAny(s_valueEnd);
            at = end < 0 ? text.Length : at + end;
        }

        Value = text[start..at];
        return Leave(text, Scan.SkipLws(text, at));
    }

    private bool Leave(ReadOnlySpan<byte> text, int at)
    {
        if (at < text.Length && text[at] != ';')
        {
            IsMalformed = true;
            return false;
        }

        Steps.Walk(at);
        _rest = text[at..];
        return true;
    }
}
