using ImsSipFast.Perf.Shards;

namespace ImsSipFast.Perf.Memory;

/// <summary>Something to fill a shard with.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="Description">What one of it is.</param>
/// <param name="Count">How many are put in.</param>
/// <param name="Each">Puts one in.</param>
internal sealed record MemoryLoad(string Name, string Description, int Count, Action<CallScript, ShardBed, int> Each)
{
    private const int Users = 1_000;

    /// <summary>Everything that is measured.</summary>
    public static MemoryLoad[] All { get; } =
    [
        new("binding", "binding (one a user, in the wheel too)", 1_000_000, static (script, _, i) => script.Register(i)),

        // Two transactions each: one server, one client, both with their message; and the context that binds them.
        new("invite", "INVITE pending: server and client transaction", 100_000, static (script, _, i) => script.Invite(i % Users)),
        new("ims", "INVITE pending of 5 KB: the same", 20_000, static (script, _, i) => script.LongInvite(i % Users)),
        new("accepted", "call after its ACK: both transactions, dialog", 100_000, static (script, _, i) => script.Answered(i % Users)),
        new("dialog", "dialog after 64*T1: nothing else is left", 100_000, static (script, bed, i) =>
        {
            script.Answered(i % Users);
            bed.Pass(1);
        }),
    ];

    /// <summary>A shard with a thousand users, and with one round of what follows behind it, so that its code is there.</summary>
    public (ShardBed Bed, CallScript Script) Prepare()
    {
        var bed = new ShardBed();
        var script = new CallScript(bed);
        for (var user = 0; user < Users; user++)
        {
            script.Register(user);
            script.Call(user);
        }

        bed.Pass(100_000);
        return (bed, script);
    }

    /// <summary>Puts them in.</summary>
    public void Fill((ShardBed Bed, CallScript Script) subject)
    {
        for (var i = 0; i < Count; i++)
        {
            Each(subject.Script, subject.Bed, Users + i);
        }

        if (Name == "dialog")
        {
            subject.Bed.Pass(100_000);
        }
    }
}
