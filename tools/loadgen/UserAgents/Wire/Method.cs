namespace ImsSipFast.LoadGen.Wire;

/// <summary>The methods that the user agents speak.</summary>
internal enum Method : byte
{
    Unknown,
    Invite,
    Ack,
    Bye,
    Cancel,
    Register,
    Message,
    Options,
    Subscribe,
    Notify,
}

/// <summary>The names of the methods.</summary>
internal static class MethodName
{
    /// <summary>As many as <see cref="Method"/> has members.</summary>
    public const int Count = 10;

    private static readonly string[] Names =
        ["other", "INVITE", "ACK", "BYE", "CANCEL", "REGISTER", "MESSAGE", "OPTIONS", "SUBSCRIBE", "NOTIFY"];

    private static readonly byte[][] Octets = [.. Names.Select(System.Text.Encoding.ASCII.GetBytes)];

    /// <summary>As on the wire.</summary>
    public static string Of(Method method) => Names[(int)method];

    /// <summary>The octets on the wire.</summary>
    public static ReadOnlySpan<byte> Wire(Method method) => Octets[(int)method];

    /// <summary>RFC 3261 §7.1: methods are case-sensitive.</summary>
    public static Method Read(ReadOnlySpan<byte> name)
    {
        switch (name.Length)
        {
            case 3:
                return name.SequenceEqual("ACK"u8) ? Method.Ack : name.SequenceEqual("BYE"u8) ? Method.Bye : Method.Unknown;
            case 6:
                return name.SequenceEqual("INVITE"u8) ? Method.Invite
                    : name.SequenceEqual("CANCEL"u8) ? Method.Cancel
                    : name.SequenceEqual("NOTIFY"u8) ? Method.Notify : Method.Unknown;
            case 7:
                return name.SequenceEqual("MESSAGE"u8) ? Method.Message
                    : name.SequenceEqual("OPTIONS"u8) ? Method.Options : Method.Unknown;
            case 8:
                return name.SequenceEqual("REGISTER"u8) ? Method.Register : Method.Unknown;
            case 9:
                return name.SequenceEqual("SUBSCRIBE"u8) ? Method.Subscribe : Method.Unknown;
            default:
                return Method.Unknown;
        }
    }
}
