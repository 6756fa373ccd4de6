using System.Text;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Tests.Registrar;

public sealed class ConcurrentReadersTests
{
    /// <summary>
    /// Each REGISTER writes its own number into the Contact's parameters, the Path and the source port: a reader on
    /// another thread must find the three to agree whenever it looks, and the binding to be there.
    /// </summary>
    [Fact]
    public void A_reader_never_sees_half_of_one_REGISTER_and_half_of_another()
    {
        var registrar = new RegistrarFixture();
        Register(1);
        var key = RegistrarFixture.Key(RegistrarFixture.B);
        var done = false;
        var failures = 0;
        var reads = 0L;
        var reader = new Thread(() =>
        {
            while (!Volatile.Read(ref done) || reads < 10_000)
            {
                reads++;
                var seen = 0;
                registrar.Location.Lookup(key, out var set);
                foreach (var binding in set.Live(0))
                {
                    seen++;
                    var number = Encoding.ASCII.GetString(binding.ContactParameters)[3..];
                    var agree = Encoding.ASCII.GetString(binding.Path) == $"<sip:p{number}.test;lr>" && binding.Source.Remote.Port == int.Parse(number);
                    failures += agree ? 0 : 1;
                }

                failures += seen == 1 ? 0 : 1;
            }
        });
        reader.Start();
        for (var i = 2; i < 20_000; i++)
        {
            Register(i);
        }

        Volatile.Write(ref done, true);
        reader.Join();
        Assert.Equal(0, failures);

        void Register(int i)
        {
            // Every other REGISTER is a refresh that only moves the time.
            var number = i / 2;
            registrar.Source = PeerAddress.FromV4(0xC0000201, (ushort)number);
            Assert.Equal(200, registrar.Register($"Contact: <sip:b@h>;n={number}\nPath: <sip:p{number}.test;lr>", i).Status);
        }
    }
}
