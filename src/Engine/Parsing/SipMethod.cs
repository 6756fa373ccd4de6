namespace ImsSipFast.Engine.Parsing;

/// <summary>The methods the engine treats by name; any other token is <see cref="Unknown"/> and is forwarded like a non-INVITE.</summary>
internal enum SipMethod : byte
{
    Unknown,
    Register,
    Invite,
    Ack,
    Bye,
    Cancel,
    Options,
    Message,
    Prack,
    Update,
    Refer,
    Notify,
    Subscribe,
    Info,
    Publish,
}

/// <summary>Method tokens to <see cref="SipMethod"/>. Methods are case-sensitive (RFC 3261 §7.1).</summary>
internal static class SipMethods
{
    /// <summary>One more than the highest <see cref="SipMethod"/>.</summary>
    public const int Count = (int)SipMethod.Publish + 1;

    /// <summary>The method that <paramref name="token"/> spells exactly, or <see cref="SipMethod.Unknown"/>.</summary>
    public static SipMethod Recognise(ReadOnlySpan<byte> token)
    {
        if (token.Length < 3)
        {
            return SipMethod.Unknown;
        }

        return token[0] switch
        {
            (byte)'I' => token.SequenceEqual("INVITE"u8) ? SipMethod.Invite : token.SequenceEqual("INFO"u8) ? SipMethod.Info : SipMethod.Unknown,
            (byte)'A' => Is(token, "ACK"u8, SipMethod.Ack),
            (byte)'B' => Is(token, "BYE"u8, SipMethod.Bye),
            (byte)'C' => Is(token, "CANCEL"u8, SipMethod.Cancel),
            (byte)'R' => token.SequenceEqual("REGISTER"u8) ? SipMethod.Register : Is(token, "REFER"u8, SipMethod.Refer),
            (byte)'O' => Is(token, "OPTIONS"u8, SipMethod.Options),
            (byte)'M' => Is(token, "MESSAGE"u8, SipMethod.Message),
            (byte)'P' => token.SequenceEqual("PRACK"u8) ? SipMethod.Prack : Is(token, "PUBLISH"u8, SipMethod.Publish),
            (byte)'U' => Is(token, "UPDATE"u8, SipMethod.Update),
            (byte)'N' => Is(token, "NOTIFY"u8, SipMethod.Notify),
            (byte)'S' => Is(token, "SUBSCRIBE"u8, SipMethod.Subscribe),
            _ => SipMethod.Unknown,
        };
    }

    private static SipMethod Is(ReadOnlySpan<byte> token, ReadOnlySpan<byte> candidate, SipMethod value) =>
        token.SequenceEqual(candidate) ? value : SipMethod.Unknown;
}
