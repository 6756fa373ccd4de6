using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Field;

/// <summary>REGISTERs for one domain that was not ours yet arrive together, each at another shard.</summary>
public sealed class NewDomainAtOnce : FieldTest
{
    private const int Rounds = 200;

    protected override void Configure(SipEngineOptions options)
    {
        base.Configure(options);
        options.Mode = NetworkMode.Loopback;
        options.Shards = 4;
    }

    [Fact]
    public void Every_one_of_them_gets_200()
    {
        var exchange = new FieldExchange("new-domain-at-once");
        SimUserAgent[] phones = [.. Enumerable.Range(1, exchange.Count).Select(n => Agent($"phone{n}", $"127.0.0.2:{27110 + n}"))];
        for (var round = 1; round <= Rounds; round++)
        {
            for (var n = 0; n < phones.Length; n++)
            {
                phones[n].Send(exchange.Read(n + 1, round));
            }

            foreach (var phone in phones)
            {
                phone.Expect(200, "REGISTER");
            }
        }
    }
}
