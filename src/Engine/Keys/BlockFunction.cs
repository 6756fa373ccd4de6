using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ImsSipFast.Engine.Keys;

/// <summary>
/// AES-128 of single blocks, used as a pseudo-random function: a peer that sees any number of its values can tell neither
/// the key nor another value. One thread at a time; the transform is kept, since making one allocates.
/// </summary>
internal sealed class BlockFunction
{
    /// <summary>Octets of a key.</summary>
    public const int KeyLength = 16;

    /// <summary>Octets of a block.</summary>
    public const int BlockLength = 16;

    private readonly ICryptoTransform _transform;
    private readonly byte[] _block = new byte[BlockLength];

    public BlockFunction(byte[] key)
    {
        using var aes = Aes.Create();
        aes.Mode = CipherMode.ECB;
        aes.Padding = PaddingMode.None;
        aes.Key = key;
        _transform = aes.CreateEncryptor();
    }

    /// <summary>The value of one number. Numbers of different purposes under one key differ in their <paramref name="domain"/>.</summary>
    public ulong Of(ulong number, ulong domain)
    {
        Write(_block, number, domain);
        Transform(_block);
        return Read(_block);
    }

    /// <summary>Puts a number into a block that <see cref="Transform"/> takes.</summary>
    public static void Write(Span<byte> block, ulong number, ulong domain)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(block, number);
        BinaryPrimitives.WriteUInt64LittleEndian(block[sizeof(ulong)..], domain);
    }

    /// <summary>The value in a block that has been transformed.</summary>
    public static ulong Read(ReadOnlySpan<byte> block) => BinaryPrimitives.ReadUInt64LittleEndian(block);

    /// <summary>Transforms whole blocks in place, each by itself: many in one call cost little more than one.</summary>
    public void Transform(byte[] blocks) => _ = _transform.TransformBlock(blocks, 0, blocks.Length, blocks, 0);
}
