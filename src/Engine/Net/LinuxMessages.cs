using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ImsSipFast.Engine.Net;

/// <summary>
/// The arrays that recvmmsg and sendmmsg work on, in pinned memory: for each message a header, its scatter vectors,
/// room for an address and room for control messages. Filled once as far as nothing changes between calls.
/// <code>
/// struct mmsghdr { struct msghdr { void *name; socklen_t namelen; struct iovec *iov; size_t iovlen;
///                                  void *control; size_t controllen; int flags; } hdr; unsigned int len; };
/// struct iovec   { void *base; size_t len; };
/// </code>
/// </summary>
internal sealed unsafe class LinuxMessages
{
    /// <summary>Octets of control messages kept for one message: SO_RXQ_OVFL and the local address, or an error with its offender.</summary>
    public const int ControlLength = 128;

    private const int NameRoom = 32;

    // The arrays own the memory that the pointers lead to.
    private readonly Message[] _messages;
    private readonly Vector[] _vectors;
    private readonly byte[] _names;
    private readonly byte[] _controls;

    /// <param name="count">Messages.</param>
    /// <param name="vectorsEach">Scatter vectors of one message.</param>
    /// <param name="withControl">Whether control messages are asked for.</param>
    public LinuxMessages(int count, int vectorsEach, bool withControl)
    {
        _messages = GC.AllocateArray<Message>(count, pinned: true);
        _vectors = GC.AllocateArray<Vector>(count * vectorsEach, pinned: true);
        _names = GC.AllocateArray<byte>(count * NameRoom, pinned: true);
        _controls = GC.AllocateArray<byte>(withControl ? count * ControlLength : 0, pinned: true);
        Messages = (Message*)AddressOf(_messages);
        Vectors = (Vector*)AddressOf(_vectors);
        for (var i = 0; i < count; i++)
        {
            ref var header = ref Messages[i].Header;
            header.Name = (byte*)AddressOf(_names) + (i * NameRoom);
            header.Vectors = Vectors + (i * vectorsEach);
            header.VectorCount = (nuint)vectorsEach;
            header.Control = withControl ? (byte*)AddressOf(_controls) + (i * ControlLength) : null;
            Reset(i);
        }
    }

    /// <summary>The messages.</summary>
    public Message* Messages { get; }

    /// <summary>The vectors, message by message.</summary>
    public Vector* Vectors { get; }

    /// <summary>The room for the address of a message.</summary>
    public Span<byte> NameOf(int index) => new(Messages[index].Header.Name, NameRoom);

    /// <summary>Makes ready to receive again: the kernel overwrites these lengths with what it used.</summary>
    public void Reset(int index)
    {
        ref var header = ref Messages[index].Header;
        header.NameLength = NameRoom;
        header.ControlLength = header.Control is null ? 0 : (nuint)ControlLength;
        header.Flags = 0;
    }

    /// <summary>
    /// The control message of that level and type in a message just received; empty when there is none.
    /// <code>struct cmsghdr { size_t len; int level; int type; /* octets, padded to size_t */ };</code>
    /// </summary>
    public ReadOnlySpan<byte> FindControl(int index, int level, int type)
    {
        var rest = new ReadOnlySpan<byte>(Messages[index].Header.Control, (int)Messages[index].Header.ControlLength);
        var head = sizeof(nuint) + (2 * sizeof(int));
        while (rest.Length >= head)
        {
            var length = (int)MemoryMarshal.Read<nuint>(rest);
            if (length < head || length > rest.Length)
            {
                break;
            }

            if (MemoryMarshal.Read<int>(rest[sizeof(nuint)..]) == level
                && MemoryMarshal.Read<int>(rest[(sizeof(nuint) + sizeof(int))..]) == type)
            {
                return rest[head..length];
            }

            var padded = (length + sizeof(nuint) - 1) / sizeof(nuint) * sizeof(nuint);
            rest = rest[Math.Min(padded, rest.Length)..];
        }

        return default;
    }

    /// <summary>The only control message of a message to send; the room for its value, 0 octets for none.</summary>
    public Span<byte> SetControl(int index, int level, int type, int length)
    {
        ref var header = ref Messages[index].Header;
        var head = sizeof(nuint) + (2 * sizeof(int));
        header.ControlLength = length == 0 ? 0 : (nuint)(head + length + sizeof(nuint) - 1) / (nuint)sizeof(nuint) * (nuint)sizeof(nuint);
        if (length == 0)
        {
            return default;
        }

        var control = new Span<byte>(header.Control, ControlLength);
        MemoryMarshal.Write(control, (nuint)(head + length));
        MemoryMarshal.Write(control[sizeof(nuint)..], level);
        MemoryMarshal.Write(control[(sizeof(nuint) + sizeof(int))..], type);
        return control.Slice(head, length);
    }

    /// <summary>The address of the first element of a pinned array.</summary>
    public static void* AddressOf<T>(T[] pinned)
        where T : unmanaged => Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));

    /// <summary>A struct msghdr; its end is padded, so the length of a struct mmsghdr cannot be one of its fields.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Header
    {
        public byte* Name;
        public uint NameLength;
        public Vector* Vectors;
        public nuint VectorCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
    }

    /// <summary>A struct mmsghdr.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Message
    {
        public Header Header;
        public uint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct Vector
    {
        public byte* Base;
        public nuint Length;
    }
}
