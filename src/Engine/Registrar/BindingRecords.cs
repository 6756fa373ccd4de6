using System.Net;
using ImsSipFast.Engine.Diagnostics;
using ImsSipFast.Engine.Messages;

namespace ImsSipFast.Engine.Registrar;

/// <summary>Turns bindings into records and back: what a tick and a listener's index mean is known here.</summary>
/// <param name="listeners">Where we listen.</param>
/// <param name="wall">The clock that the next process has too.</param>
internal sealed class BindingRecords(ListenerTable listeners, WallClock wall)
{
    /// <summary>The record of a binding; on the shard that owns it.</summary>
    public BindingRecord Of(Binding binding) =>
        Of(binding, binding.ExpiresTick, new RegisterOrder(binding.CallId, binding.CSeq, Binding.UnknownVia));

    /// <summary>The records of a registration set as a plan will leave it, highest q first.</summary>
    public IReadOnlyList<BindingRecord> Of(RegisterPlan plan)
    {
        var records = new List<BindingRecord>();
        foreach (ref readonly var entry in plan.Entries)
        {
            if (entry.Result is { } binding)
            {
                records.Add(entry.Update < 0 ? Of(binding) : Of(binding, entry.ExpiresTick, plan.Order));
            }
        }

        return records;
    }

    /// <summary>When a record's binding expires, by the ticks of this process.</summary>
    public long ExpiresTickOf(BindingRecord record) => record.ExpiresUnixMilliseconds - wall.UnixMillisecondsAtTickZero;

    /// <summary>
    /// The way a record's REGISTER came. False when no listener of ours has its transport and family of addresses any more:
    /// there is no way back then.
    /// </summary>
    public bool TryReadSource(BindingRecord record, out Flow source)
    {
        source = default;
        if (!TryRead(record.Source, out var transport, out var remote) || !TryRead(record.Listener, out _, out var local))
        {
            return false;
        }

        var listener = listeners.IndexLike(transport, local);
        source = listener < 0 ? default : new Flow(remote, transport, listener);
        return listener >= 0;
    }

    private static bool TryRead(string text, out Transport transport, out PeerAddress address)
    {
        (transport, address) = (default, default);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !Enum.TryParse(text.AsSpan(0, colon), ignoreCase: true, out transport) || !IPEndPoint.TryParse(text.AsSpan(colon + 1), out var endPoint))
        {
            return false;
        }

        address = PeerAddress.From(endPoint);
        return true;
    }

    private BindingRecord Of(Binding binding, long expiresTick, in RegisterOrder order) => new()
    {
        RegistrationSet = binding.RegistrationSet.ToArray(),
        ContactUri = binding.ContactUri.ToArray(),
        ContactParameters = binding.ContactParameters.ToArray(),
        Path = binding.Path.ToArray(),
        QValue = binding.QValue,
        ExpiresUnixMilliseconds = expiresTick + wall.UnixMillisecondsAtTickZero,
        CallId = order.CallId.ToArray(),
        CSeq = order.CSeq,
        Source = binding.Source.ToString(),
        Listener = binding.Source.To(listeners[binding.Source.Listener].Reached).ToString(),
    };
}
