using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ImsSipFast.Engine.Keys;

/// <summary>
/// HMAC-SHA-256 over pieces of a message, cut to 96 bits (RFC 2104 §5 allows half of it, RFC 5626 §5.2 cuts to 80):
/// for what grants a right to the peer that brings it back. One thread at a time; nothing is allocated for a message.
/// </summary>
internal sealed class MessageMac(byte[] key)
{
    /// <summary>Octets of a MAC.</summary>
    public const int Length = 12;

    // Pieces are gathered here, so that the provider is called once; only a long Call-ID does not fit.
    private const int Gathered = 512;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
    private readonly byte[] _pieces = new byte[Gathered];
    private readonly byte[] _whole = new byte[HMACSHA256.HashSizeInBytes];
    private int _length;

    /// <summary>Takes a piece in; its length too, so that pieces cannot slide into one another.</summary>
    public void Add(scoped ReadOnlySpan<byte> piece)
    {
        Add(piece.Length);
        if (piece.Length > _pieces.Length - _length)
        {
            Flush();
        }

        if (piece.Length > _pieces.Length)
        {
            _hash.AppendData(piece);
            return;
        }

        piece.CopyTo(_pieces.AsSpan(_length));
        _length += piece.Length;
    }

    /// <summary>Takes a piece in, its ASCII letters as lower case ones.</summary>
    public void AddIgnoringCase(scoped ReadOnlySpan<byte> piece)
    {
        Add(piece.Length);
        foreach (var octet in piece)
        {
            if (_length == _pieces.Length)
            {
                Flush();
            }

            _pieces[_length++] = octet is >= (byte)'A' and <= (byte)'Z' ? (byte)(octet | 0x20) : octet;
        }
    }

    /// <summary>Takes a number in.</summary>
    public void Add(int number)
    {
        if (_pieces.Length - _length < sizeof(int))
        {
            Flush();
        }

        BinaryPrimitives.WriteInt32LittleEndian(_pieces.AsSpan(_length), number);
        _length += sizeof(int);
    }

    /// <summary>The MAC of all that was taken in since the last one; good until the next.</summary>
    public ReadOnlySpan<byte> Finish()
    {
        Flush();
        _ = _hash.GetHashAndReset(_whole);
        return _whole.AsSpan(0, Length);
    }

    /// <summary>True when <paramref name="mac"/> is the MAC of all that was taken in. How long it takes does not tell how much of it is right.</summary>
    public bool Verify(scoped ReadOnlySpan<byte> mac) => CryptographicOperations.FixedTimeEquals(Finish(), mac);

    private void Flush()
    {
        if (_length > 0)
        {
            _hash.AppendData(_pieces, 0, _length);
            _length = 0;
        }
    }
}
