namespace ImsSipFast.Engine.Routing;

/// <summary>How a role has decided.</summary>
internal enum RoleVerdictKind : byte
{
    /// <summary>The request goes on: to the next question, or to its targets.</summary>
    Proceed,

    /// <summary>It is for this element itself, which answers it. No hop is left for that (RFC 3261 §16.3 item 3).</summary>
    Answer,

    /// <summary>It goes no further.</summary>
    Refuse,

    /// <summary>The role has answered it itself.</summary>
    Done,

    /// <summary>The decision waits for an answer from outside.</summary>
    Ask,
}

/// <summary>A role's decision.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Response">What to answer, of an answer or refusal.</param>
/// <param name="Outcome">What became of the request, when the role is done with it.</param>
/// <param name="Ticket">Of the question that the role has asked.</param>
internal readonly record struct RoleVerdict(RoleVerdictKind Kind, Refusal Response, Outcome Outcome, long Ticket)
{
    /// <summary>The request goes on.</summary>
    public static RoleVerdict Proceed => default;

    /// <summary>This element answers the request as its end.</summary>
    public static RoleVerdict Answer(int statusCode, string rule) => new(RoleVerdictKind.Answer, new Refusal(statusCode, rule), default, 0);

    /// <summary>It is refused.</summary>
    public static RoleVerdict Refuse(int statusCode, string rule, int warnCode = 0) => new(RoleVerdictKind.Refuse, new Refusal(statusCode, rule, warnCode), default, 0);

    /// <summary>The role has answered it.</summary>
    public static RoleVerdict Done(Outcome outcome) => new(RoleVerdictKind.Done, default, outcome, 0);

    /// <summary>The answer with that ticket, from <see cref="ProxyEnvironment.Answers"/>, is waited for.</summary>
    public static RoleVerdict Ask(long ticket) => new(RoleVerdictKind.Ask, default, default, ticket);
}
