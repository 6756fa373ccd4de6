using System.Text;

namespace ImsSipFast.Perf.Shards;

/// <summary>What differs from call to call, each in a fixed number of octets.</summary>
internal enum Field
{
    /// <summary>7 digits: which user is called.</summary>
    User,

    /// <summary>8 digits: which call it is.</summary>
    Call,

    /// <summary>39 octets: the branch that the proxy gave the request.</summary>
    Branch,

    /// <summary>16 octets: the mark in the proxy's Record-Route.</summary>
    Mark,
}

/// <summary>The present value of each field.</summary>
internal sealed class FieldValues
{
    private readonly byte[][] _octets = [new byte[7], new byte[8], new byte[39], new byte[16]];

    /// <summary>The octets of a field.</summary>
    public Span<byte> this[Field field] => _octets[(int)field];

    /// <summary>Sets a number, with leading zeros.</summary>
    public void Set(Field field, int number)
    {
        var octets = this[field];
        for (var i = octets.Length - 1; i >= 0; i--, number /= 10)
        {
            octets[i] = (byte)('0' + (number % 10));
        }
    }
}

/// <summary>
/// A message that an agent sends over and over with other values in a few places: to make it costs some copying, so
/// that what is measured is the shard.
/// </summary>
internal sealed class Template
{
    private readonly byte[] _octets;
    private readonly (Field Field, int Offset)[] _places;

    /// <param name="text">The message with the values that the fields have now.</param>
    /// <param name="values">The fields: every place where a value stands is one that changes with it.</param>
    public Template(string text, FieldValues values)
    {
        _octets = Messages.Octets(text);
        var places = new List<(Field, int)>();
        foreach (var field in Enum.GetValues<Field>())
        {
            for (int at = 0, found; (found = _octets.AsSpan(at).IndexOf(values[field])) >= 0; at += found + values[field].Length)
            {
                places.Add((field, at + found));
            }
        }

        _places = [.. places];
    }

    /// <summary>Where the field stands first, -1 when it does not.</summary>
    public int OffsetOf(Field field) => _places.Where(place => place.Field == field).Select(static place => place.Offset).DefaultIfEmpty(-1).First();

    /// <summary>The message with these values; good until the next call.</summary>
    public ReadOnlySpan<byte> With(FieldValues values)
    {
        foreach (var (field, offset) in _places)
        {
            values[field].CopyTo(_octets.AsSpan(offset));
        }

        return _octets;
    }

    /// <inheritdoc/>
    public override string ToString() => Encoding.Latin1.GetString(_octets);
}
