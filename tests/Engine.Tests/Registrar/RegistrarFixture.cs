using System.Globalization;
using System.Text;
using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;
using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Registrar;
using ImsSipFast.Engine.Timing;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Tests.Registrar;

/// <summary>One registrar with its partition and wheel, spoken to as a client does: text in, text out.</summary>
internal sealed class RegistrarFixture
{
    /// <summary>2026-01-02 03:04:05 GMT, a Friday.</summary>
    public const long UnixMillisecondsAtTickZero = 1_767_323_045_000;

    public WallClock Wall { get; } = new(UnixMillisecondsAtTickZero);

    public const string B = "sip:b@home.test";

    private readonly SipMessage _message = new();
    private readonly byte[] _response;
    private int _branch;

    private delegate Reply Served(ReadOnlySpan<byte> key, SipWriter response);

    public RegistrarFixture(Action<SipEngineOptions>? set = null, int partitions = 1, int partition = 0, int responseCapacity = 65_535, IBindingStore? store = null, ulong key = 0)
    {
        set?.Invoke(Options);
        Location = new LocationService(partitions, Options.MaxBindings, key);
        Core = new RegistrarCore(Options, Location, partition, Wheel, Metrics, Budget, Wall, store ?? new MemoryBindingStore());
        _response = new byte[responseCapacity];
    }

    public SipEngineOptions Options { get; } = new();

    public LocationService Location { get; }

    public TimingWheel Wheel { get; } = new();

    public EngineMetrics Metrics { get; } = new();

    public MemoryBudget Budget { get; } = new(long.MaxValue);

    public RegistrarCore Core { get; }

    /// <summary>The time of requests; <see cref="Advance"/> takes the wheel along.</summary>
    public long Now { get; set; }

    public PeerAddress Source { get; set; } = PeerAddress.FromV4(0x7F000003, 5060);

    /// <summary>The listener that it came to.</summary>
    public int Listener { get; set; }

    /// <summary>The way from <see cref="Source"/>.</summary>
    public Flow Flow => new(Source, Transport.Udp, Listener);

    /// <summary>The REGISTER of a client; a branch of its own each time unless given.</summary>
    public string Request(string headers, int cseq, string callId = "call-1", string to = $"<{B}>", string? branch = null) =>
        $"""
         REGISTER sip:home.test SIP/2.0
         Via: SIP/2.0/UDP 127.0.0.3:5060;branch=z9hG4bK{branch ?? (++_branch).ToString(CultureInfo.InvariantCulture)}
         Max-Forwards: 70
         From: <{B}>;tag=from
         To: {to}
         Call-ID: {callId}
         CSeq: {cseq} REGISTER
         {headers}
         """.ReplaceLineEndings("\r\n").TrimEnd() + "\r\n\r\n";

    public Reply Register(string headers, int cseq, string callId = "call-1", string to = $"<{B}>", string? branch = null) =>
        Send(Request(headers, cseq, callId, to, branch));

    public Reply Send(string request) => Send(request, (key, writer) =>
    {
        var verdict = Core.Apply(_message, Flow, key, "to-tag"u8, Now, ref writer, ticket: 1);
        return new Reply(verdict, writer.Overflowed ? "" : Encoding.Latin1.GetString(writer.Written), writer.Overflowed);
    });

    /// <summary>The commit of a request that was told to wait has ended.</summary>
    public Reply Conclude(string request, PendingCommit pending, CommitStatus outcome) => Send(request, (key, writer) =>
    {
        var verdict = Core.Conclude(_message, Flow, key, "to-tag"u8, pending, outcome, Now, ref writer);
        return new Reply(verdict, Encoding.Latin1.GetString(writer.Written), writer.Overflowed);
    });

    private Reply Send(string request, Served serve)
    {
        var bytes = Encoding.Latin1.GetBytes(request);
        Assert.True(SipParser.TryParse(bytes, bytes.Length, _message), $"{_message.Error}: {request}");
        Span<byte> key = stackalloc byte[AddressOfRecord.MaxLength];
        if (!AddressOfRecord.TryWrite(_message.FirstValue(HeaderName.To), key, out var length))
        {
            length = 0;
        }

        return serve(key[..length], new SipWriter(_response));
    }

    /// <summary>Moves time on; each clean-up as its log line tells it: count and address-of-record.</summary>
    public IReadOnlyList<string> Advance(double seconds)
    {
        Now += (long)(seconds * 1000);
        var lines = new List<string>();
        while (Wheel.TryTakeDue(Now, out var node))
        {
            var expired = Core.OnExpired(node, Now);
            if (expired.Count > 0)
            {
                lines.Add($"{expired.Count} for {Encoding.UTF8.GetString(expired.RegistrationSet)}");
            }
        }

        return lines;
    }

    /// <summary>Contact URIs that a request for the address-of-record would be sent to now, in order.</summary>
    public string[] Targets(string uri = B) => [.. Bindings(uri).Select(b => Encoding.Latin1.GetString(b.ContactUri))];

    public IReadOnlyList<Binding> Bindings(string uri = B)
    {
        var live = new List<Binding>();
        if (Location.Lookup(Key(uri), out var set))
        {
            foreach (var binding in set.Live(Now))
            {
                live.Add(binding);
            }
        }

        return live;
    }

    public static byte[] Key(string uri)
    {
        var key = new byte[AddressOfRecord.MaxLength];
        Assert.True(SipUri.TryParse(Encoding.Latin1.GetBytes(uri), out var parsed), uri);
        Assert.True(AddressOfRecord.TryWrite(parsed, key, out var length));
        return key[..length];
    }
}

/// <summary>A response as its receiver sees it.</summary>
internal sealed record Reply(RegistrarVerdict Verdict, string Text, bool Overflowed)
{
    public int Status => Text.Length == 0 ? 0 : int.Parse(Text.AsSpan(8, 3), CultureInfo.InvariantCulture);

    public string[] Contacts => All("Contact");

    public string? Header(string name) => All(name) is [var one] ? one : null;

    public string[] All(string name) =>
        [.. Text.Split("\r\n").Where(l => l.StartsWith(name + ": ", StringComparison.Ordinal)).Select(l => l[(name.Length + 2)..])];
}
