using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Transactions;

/// <summary>
/// A response that could not be delivered, in every state of a server transaction: RFC 6026 §7.1 and §8.8, it MUST
/// remain in its current state, so that a retransmitted request is not taken for a new one.
/// </summary>
public sealed class TransportErrorCells : IDisposable
{
    private readonly SimTestBed _bed = new(Fixtures.Options());
    private readonly SimUserAgent _caller;
    private readonly SimUserAgent _callee;

    public TransportErrorCells()
    {
        _caller = new SimUserAgent(_bed, _bed.Start("127.0.0.2:5060"), "a");
        _callee = new SimUserAgent(_bed, _bed.Start("127.0.0.3:5060"), "b");
    }

    public void Dispose() => _bed.Verify();

    [Theory]
    [InlineData("Proceeding", 0, 100)]
    [InlineData("Proceeding", 180, 180)]
    [InlineData("Completed", 486, 486)]
    [InlineData("Accepted", 200, 0)]
    [InlineData("Confirmed", 486, 0)]
    public void An_INVITE_server_transaction_stays_as_it_is(string state, int answer, int again)
    {
        var invite = _caller.Ask("INVITE", "sip:b@127.0.0.3:5060");
        _caller.Expect(100);
        var atCallee = _callee.Expect("INVITE");
        if (answer > 0)
        {
            _callee.Reply(atCallee, answer);
            var response = _caller.Expect(answer);
            if (answer >= 300)
            {
                _callee.Expect("ACK");
            }

            if (state == "Confirmed")
            {
                _caller.AckNon2xx(invite, response);
            }
        }

        CheckThatNothingChanges(invite, again);
        if (answer < 200)
        {
            _callee.Reply(atCallee, 603);
            _caller.AckNon2xx(invite, _caller.Expect(603));
        }
    }

    [Theory]
    [InlineData("Proceeding", 100)]
    [InlineData("Completed", 404)]
    public void A_non_INVITE_server_transaction_stays_as_it_is(string state, int again)
    {
        var message = _caller.Ask("MESSAGE", "sip:b@127.0.0.3:5060");
        var atCallee = _callee.Expect("MESSAGE");
        if (state == "Proceeding")
        {
            // RFC 4320 §4.1: our own 100 comes at 3.5 s.
            _callee.Drain(3500);
            _caller.Expect(100);
        }
        else
        {
            _callee.Reply(atCallee, 404);
            _caller.Expect(404);
        }

        CheckThatNothingChanges(message, again);
        if (state == "Proceeding")
        {
            _callee.Reply(atCallee, 404);
            _caller.Expect(404);
        }
    }

    private void CheckThatNothingChanges(WireMessage request, int again)
    {
        var last = _bed.Engine.Sent.Last(s => s.To.ToString() == _caller.Address);
        var before = Counters();
        _bed.Engine.Undelivered(_bed.ProxyAddress, last.To, last.Octets);
        Assert.Equal(before, Counters());
        Assert.Equal(1, _bed.Engine.Sum().Dropped(DropReason.StrayUndelivered));

        // Still a retransmission: absorbed or answered as before, and nothing new at the callee.
        _caller.Send(request);
        if (again > 0)
        {
            _caller.Expect(again);
        }

        _bed.Pass(1);
        Assert.Equal(before.Created, Counters().Created);
        Assert.Null(_callee.Endpoint.Take(0));
    }

    private (long Alive, long Created, long Contexts, int Sent) Counters()
    {
        var metrics = _bed.Engine.Sum();
        return (metrics.TransactionsAlive, metrics.TransactionsCreated, metrics.ContextsAlive, _bed.Engine.Sent.Count);
    }
}
