using System.CommandLine;
using ImsSipFast.LoadGen.Planning;

namespace ImsSipFast.LoadGen.Driver.Options;

/// <summary>The profiles as command lines name them.</summary>
internal static class ProfileTerms
{
    /// <summary>Each with the messages that it is.</summary>
    public static readonly IReadOnlyList<(Profile Profile, string Meaning)> All =
    [
        (Profile.Register, "REGISTER, 200"),
        (Profile.Call, "INVITE, 180, 200, ACK, hold, BYE, 200"),
        (Profile.Busy, "INVITE, 486, ACK"),
        (Profile.Cancel, "INVITE, 180, CANCEL, 200, 487, ACK"),
        (Profile.Message, "MESSAGE, 200"),
        (Profile.Options, "OPTIONS to a registered user, 200"),
        (Profile.Subscribe, "SUBSCRIBE, 200, NOTIFY, 200, and the same to end it"),
        (Profile.Fork, "a call to a user with several contacts: one answers, the others are cancelled"),
    ];

    /// <summary>What is mixed when no weights are given.</summary>
    public static readonly IReadOnlyList<ProfileShare> UsualMix = [new(Profile.Call, 5), new(Profile.Register, 3), new(Profile.Message, 2)];

    /// <summary>The word for it.</summary>
    public static string NameOf(Profile profile) => profile.ToString().ToLowerInvariant();

    /// <summary>The argument of <c>mixed</c>; null when it was not given.</summary>
    public static Argument<IReadOnlyList<ProfileShare>> Weights() => new("WEIGHTS")
    {
        Description = "profiles and how often each is drawn; default call=5,register=3,message=2",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = argument =>
        {
            if (OptionValues.TryMix(argument.Tokens[0].Value, out var mix))
            {
                return mix;
            }

            argument.AddError($"mixed: \"{argument.Tokens[0]}\" is not allowed (allowed: profiles with weights above 0, such as call=5,register=3,message=2)");
            return null;
        },
    };
}
