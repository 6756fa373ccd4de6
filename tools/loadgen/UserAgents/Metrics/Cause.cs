using ImsSipFast.LoadGen.Wire;

namespace ImsSipFast.LoadGen.Metrics;

/// <summary>Why an attempt failed: a response code to one of its requests, or what did not come.</summary>
internal readonly record struct Cause(Method Method, int Code)
{
    /// <summary>No final response within 64·T1 (timers B and F).</summary>
    public const int Timeout = 700;

    /// <summary>A provisional response, but no final one.</summary>
    public const int NoFinal = 701;

    /// <summary>The called side's part did not happen: no BYE, no NOTIFY.</summary>
    public const int NothingCame = 702;

    /// <summary>The run ended first.</summary>
    public const int Unfinished = 703;

    /// <summary>A 2xx whose dialog cannot be spoken in: no Contact, or one by name.</summary>
    public const int Unusable = 704;

    public int Key => ((int)Method << 10) | Code;

    public static Cause FromKey(int key) => new((Method)(key >> 10), key & 1023);

    /// <summary>As reports say it.</summary>
    public override string ToString() => Code switch
    {
        Timeout => Method == Method.Invite ? "timeout B" : $"timeout F ({MethodName.Of(Method)})",
        NoFinal => "no final response",
        NothingCame => $"no {MethodName.Of(Method)} came",
        Unfinished => "unfinished",
        Unusable => "2xx without a usable Contact",
        < 300 => $"unexpected {Code} to {MethodName.Of(Method)}",
        _ when Method is Method.Bye or Method.Cancel or Method.Notify => $"{Code} to {MethodName.Of(Method)}",
        _ => Code.ToString(),
    };
}
