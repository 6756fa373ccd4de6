namespace ImsSipFast.Engine.Transactions;

/// <summary>What <see cref="TransactionLayer.Match"/> found for a request.</summary>
/// <param name="Verdict">Absorbed, NoMatch, or PassUp for a CANCEL or an ACK that belongs to <paramref name="Server"/>.</param>
/// <param name="Server">The transaction it belongs to.</param>
internal readonly record struct RequestMatch(TransactionVerdict Verdict, ServerTransaction? Server);

/// <summary>
/// What a request is matched by (RFC 3261 §17.2.3), as keyed hashes. The call tells apart what clients without enough
/// chance in their branches send from one address: its ACK and CANCEL have the same Call-ID, From tag and CSeq
/// number, a request of another call has not.
/// </summary>
/// <param name="Hop">Branch and sent-by; of an RFC 2543 element all that it has in place of a branch.</param>
/// <param name="Call">Call-ID, From tag and CSeq number.</param>
internal readonly record struct RequestKey(ulong Hop, ulong Call);
