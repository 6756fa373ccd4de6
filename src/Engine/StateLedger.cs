namespace ImsSipFast.Engine;

/// <summary>What was still held when the engine stopped: all zero after a quiet drain, or who holds it.</summary>
/// <param name="Transactions">Transactions that had not ended.</param>
/// <param name="Contexts">Requests that were being proxied.</param>
/// <param name="Dialogs">Dialogs that no BYE had ended.</param>
/// <param name="Timers">Timers of the above; those of bindings and of the periodic summary are not counted.</param>
/// <param name="RentedBuffers">Datagrams that were not given back.</param>
/// <param name="Holders">Who holds them, one a line; empty when nothing is left.</param>
public sealed record StateLedger(
    long Transactions, long Contexts, long Dialogs, long Timers, long RentedBuffers, IReadOnlyList<string> Holders)
{
    /// <summary>True when nothing was held.</summary>
    public bool IsClean => Transactions == 0 && Contexts == 0 && Dialogs == 0 && Timers == 0 && RentedBuffers == 0;

    /// <inheritdoc/>
    public override string ToString() =>
        $"transactions={Transactions} contexts={Contexts} dialogs={Dialogs} timers={Timers} buffers={RentedBuffers}";
}
