namespace ImsSipFast.Engine.Messages;

/// <summary>
/// The answer of something outside the shards to a question of one of them: names today; connections, stores and
/// credentials are to answer by the same type. Posted to the inbox of the shard that asked.
/// </summary>
/// <param name="Ticket">What the shard gave with its question; 0 when no one waits for the answer.</param>
internal abstract record Completion(long Ticket);
