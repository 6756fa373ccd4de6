using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ImsSipFast.Engine.Keys;

/// <summary>
/// One key a purpose, all of them derived by HKDF (RFC 5869) from two roots when the engine starts.
/// <code>
/// secret     kept in a file        what peers bring back after a restart: Record-Route tokens, stateless branches, tags
/// process    random at each start  hashes of tables, choice of a shard, branches: their counter starts anew too
/// </code>
/// No key follows from another, nor from anything that a peer sees.
/// </summary>
internal sealed class EngineKeys
{
    /// <summary>Octets of a root. A secret may be longer.</summary>
    public const int RootLength = 32;

    private readonly byte[] _secret;
    private readonly byte[] _process;

    /// <param name="secret">The root that survives a restart, at least <see cref="RootLength"/> octets.</param>
    /// <param name="process">Random octets of this process.</param>
    public EngineKeys(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> process)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(secret.Length, RootLength);
        ArgumentOutOfRangeException.ThrowIfLessThan(process.Length, RootLength);
        _secret = secret.ToArray();
        _process = process.ToArray();
        LocationTable = TableKey("location");
        ShardChoice = TableKey("shard choice");
        DialogTable = TableKey("dialogs");
    }

    /// <summary>Key of the hash of addresses-of-record.</summary>
    public ulong LocationTable { get; }

    /// <summary>Key of the hash that gives a Call-ID its shard.</summary>
    public ulong ShardChoice { get; }

    /// <summary>Key of the hash of dialogs.</summary>
    public ulong DialogTable { get; }

    /// <summary>Key of the hash of server transactions in one shard.</summary>
    public ulong TransactionTable(int shard) => TableKey($"transactions of shard {shard}");

    /// <summary>The branches of one shard.</summary>
    public BranchSource CreateBranchSource(int shard) => new(Derive(_process, "branch", BlockFunction.KeyLength), shard);

    /// <summary>What the proxy core of one shard needs.</summary>
    public ProxyKeys CreateProxyKeys() => new()
    {
        Loop = Number(Derive(_process, "loop hash", sizeof(ulong))),
        Tag = Number(Derive(_secret, "tag", sizeof(ulong))),
        AckBranch = Number(Derive(_process, "ACK branch", sizeof(ulong))),
        StatelessBranch = new MessageMac(Derive(_secret, "stateless branch", RootLength)),
        Token = new MessageMac(Derive(_secret, "flow token", RootLength)),
    };

    private static byte[] Derive(byte[] root, string purpose, int length) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, root, length, info: Encoding.ASCII.GetBytes("ImsSipFast " + purpose));

    private static ulong Number(byte[] key) => BinaryPrimitives.ReadUInt64LittleEndian(key);

    private ulong TableKey(string table) => Number(Derive(_process, "table " + table, sizeof(ulong)));
}
