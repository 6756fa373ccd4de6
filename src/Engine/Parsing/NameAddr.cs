using ImsSipFast.Engine.Diagnostics;

namespace ImsSipFast.Engine.Parsing;

/// <summary>
/// A <c>name-addr</c> or <c>addr-spec</c> with header parameters: one value of From, To, Contact, Route,
/// Record-Route or Path (RFC 3261 §20.10). The URI is not parsed here, only found.
/// </summary>
internal ref struct NameAddr
{
    /// <summary>Display name as written, quotes included; empty when there is none.</summary>
    public ReadOnlySpan<byte> DisplayName;

    /// <summary>The URI, without angle brackets.</summary>
    public ReadOnlySpan<byte> Uri;

    /// <summary>True when the URI stands in angle brackets.</summary>
    public bool HasBrackets;

    /// <summary>Header parameters with their leading semicolon; empty when there are none.</summary>
    public ReadOnlySpan<byte> Parameters;

    /// <summary>The tag parameter; empty when there is none.</summary>
    public readonly ReadOnlySpan<byte> Tag => Parsing.Parameters.TryFind(Parameters, "tag"u8, out var tag) ? tag : default;

    /// <summary>Parses one value (no list). False when it is malformed.</summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out NameAddr result)
    {
        result = default;
        Steps.Block(value.Length);
        value = Scan.Trim(value);
        if (value.IsEmpty)
        {
            return false;
        }

        var open = 0;
        if (value[0] == '"')
        {
            var afterQuotes = Scan.SkipQuoted(value, 0);
            open = afterQuotes < 0 ? -1 : Scan.SkipLws(value, afterQuotes);
            if (open < 0 || open >= value.Length || value[open] != '<')
            {
                return false;
            }

            result.DisplayName = value[..afterQuotes];
        }
        else
        {
            open = value.IndexOf((byte)'<');
        }

        return open < 0 ? result.TakeBare(value) : result.TakeBracketed(value, open);
    }

    private bool TakeBracketed(ReadOnlySpan<byte> value, int open)
    {
        if (DisplayName.IsEmpty)
        {
            DisplayName = Scan.Trim(value[..open]);
            if (!Scan.IsDisplayName(DisplayName))
            {
                return false;
            }
        }

        var length = value[(open + 1)..].IndexOf((byte)'>');
        if (length <= 0)
        {
            return false;
        }

        HasBrackets = true;
        Uri = value.Slice(open + 1, length);
        Parameters = Scan.Trim(value[(open + length + 2)..]);
        return Parameters.IsEmpty || Parameters[0] == ';';
    }

    private bool TakeBare(ReadOnlySpan<byte> value)
    {
        // RFC 3261 §20: without angle brackets, every parameter after the URI is a header parameter; so a URI with
        // a comma, question mark or semicolon must be bracketed, and "?" here is an error.
        var end = value.IndexOf((byte)';');
        Uri = end < 0 ? value : Scan.Trim(value[..end]);
        Parameters = end < 0 ? default : value[end..];
        return !Uri.IsEmpty && !Uri.ContainsAny((byte)'?', (byte)',');
    }
}
