using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Conformance;

/// <summary>
/// The cast of the checklist: P at 127.0.0.1:5060 for home.test, the caller A and the callees B, C and D at
/// 127.0.0.2 to .5. Knows the Engine's options and nothing else of it, so the cases can run over real sockets too.
/// </summary>
public abstract class ConformanceTest : IDisposable
{
    private readonly Dictionary<string, SimUserAgent> _agents = [];
    private readonly Dictionary<string, int> _registerCSeq = [];
    private ITestBed? _bed;

    protected ITestBed Bed => _bed ??= TestBeds.Start(Configure);

    /// <summary>The domain that users register in.</summary>
    protected virtual string Domain => "home.test";

    protected SimUserAgent A => Agent("a", "127.0.0.2:5060");

    protected SimUserAgent B => Agent("b", "127.0.0.3:5060");

    protected SimUserAgent C => Agent("c", "127.0.0.4:5060");

    protected SimUserAgent D => Agent("d", "127.0.0.5:5060");

    /// <summary>Runs the oracle; a case that failed already has said enough.</summary>
    public void Dispose()
    {
        if (_bed is not null && TestContext.Current.TestState?.Result != TestResult.Failed)
        {
            _bed.Verify();
        }
    }

    /// <summary>Starts the bed with other options; comes before anything else.</summary>
    protected void Start(Action<SipEngineOptions> configure)
    {
        Assert.Null(_bed);
        _bed = TestBeds.Start(options =>
        {
            Configure(options);
            configure(options);
        });
    }

    /// <summary>What a group of cases changes for all of them.</summary>
    protected virtual void Configure(SipEngineOptions options)
    {
    }

    protected SimUserAgent Agent(string name, string address, string? claims = null)
    {
        if (!_agents.TryGetValue(name, out var agent))
        {
            agent = new SimUserAgent(Bed, Bed.Start(address), name, claims);
            _agents.Add(name, agent);
        }

        return agent;
    }

    // ---- registrations ----

    /// <summary>A REGISTER for user@home.test with the Contacts as they shall stand on the wire.</summary>
    protected WireMessage RegisterRequest(SimUserAgent from, string user, params string[] contacts)
    {
        var callId = $"register-{user}@{from.Host}";
        var cseq = _registerCSeq[callId] = _registerCSeq.GetValueOrDefault(callId) + 1;
        var request = from.Request("REGISTER", $"sip:{Domain}")
            .Set("From", $"<sip:{user}@{Domain}>;tag=register")
            .Set("To", $"<sip:{user}@{Domain}>")
            .Set("Call-ID", callId)
            .Set("CSeq", $"{cseq} REGISTER");
        foreach (var contact in contacts)
        {
            request.Add("Contact", contact);
        }

        return request;
    }

    /// <summary>Registers the Contacts and returns the 200.</summary>
    protected WireMessage Register(SimUserAgent from, string user, params string[] contacts)
    {
        from.Send(RegisterRequest(from, user, contacts));
        return from.Expect(200, "REGISTER");
    }

    /// <summary><c>sip:b@home.test</c> at B.</summary>
    protected void RegisterB() => Register(B, "b", "<sip:b@127.0.0.3:5060>");

    /// <summary><c>sip:fork@home.test</c> at B and C with equal q.</summary>
    protected void RegisterFork()
    {
        Register(B, "fork", "<sip:b@127.0.0.3:5060>");
        Register(C, "fork", "<sip:c@127.0.0.4:5060>");
    }

    /// <summary><c>sip:seq@home.test</c> at B with q 0.9 and C with q 0.5.</summary>
    protected void RegisterSeq()
    {
        Register(B, "seq", "<sip:b@127.0.0.3:5060>;q=0.9");
        Register(C, "seq", "<sip:c@127.0.0.4:5060>;q=0.5");
    }

    // ---- calls ----

    /// <summary>A invites: the request as sent and as it reached the callee; A has its 100.</summary>
    protected (WireMessage Invite, WireMessage Out) Invite(string uri = "sip:b@home.test", SimUserAgent? callee = null) =>
        Invite(A.Request("INVITE", uri), callee);

    /// <summary>The same with an INVITE that the test has made.</summary>
    protected (WireMessage Invite, WireMessage Out) Invite(WireMessage invite, SimUserAgent? callee = null)
    {
        A.Send(invite);
        A.Expect(100);
        return (invite, (callee ?? B).Expect("INVITE"));
    }

    /// <summary>A invites fork@home.test: the INVITE and its copies at B and C.</summary>
    protected (WireMessage Invite, WireMessage AtB, WireMessage AtC) InviteFork()
    {
        RegisterFork();
        var (invite, atB) = Invite("sip:fork@home.test");
        return (invite, atB, C.Expect("INVITE"));
    }

    /// <summary>A calls b@home.test and B answers: the INVITE, its copy at B, the 200 as B sent it and as A got it.</summary>
    protected (WireMessage Invite, WireMessage Out, WireMessage SentOk, WireMessage Ok) Call()
    {
        RegisterB();
        var (invite, atB) = Invite();
        var sent = B.Reply(atB, 200, "OK");
        var ok = A.Expect(200, "INVITE");
        A.Ack(invite, ok);
        B.Expect("ACK");
        return (invite, atB, sent, ok);
    }

    /// <summary>A gets this final to its INVITE and acknowledges it.</summary>
    protected WireMessage ExpectFinal(WireMessage invite, int status, long within = SimUserAgent.Soon)
    {
        var final = A.Expect(status, "INVITE", within);
        A.AckNon2xx(invite, final);
        return final;
    }

    /// <summary>The times seen are the times named, each within the tolerance of the bed.</summary>
    protected void AssertTimes(IEnumerable<long> expected, IEnumerable<long> seen)
    {
        var (want, got) = (expected.ToArray(), seen.ToArray());
        var same = want.Length == got.Length && want.Zip(got).All(p => Math.Abs(p.First - p.Second) <= Bed.ToleranceMilliseconds);
        Assert.True(same, $"expected at [{string.Join(", ", want)}] ms but seen at [{string.Join(", ", got)}] ms");
    }
}
