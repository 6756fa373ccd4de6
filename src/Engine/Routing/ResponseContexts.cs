using ImsSipFast.Engine.Common;
using ImsSipFast.Engine.Transactions;

namespace ImsSipFast.Engine.Routing;

/// <summary>The response contexts of an element, from their pool and back to it when nothing more is to be done for a request.</summary>
/// <param name="environment">What the proxy core shares.</param>
/// <param name="core">Whose they are.</param>
/// <param name="forwarder">Starts the next group of targets.</param>
/// <param name="responses">Sends the best response.</param>
internal sealed class ResponseContexts(ProxyEnvironment environment, ProxyCore core, RequestForwarder forwarder, ResponseProcessing responses)
{
    private readonly LocalPool<ResponseContext> _idle = new(() => new ResponseContext(core, environment.Options.MaxTargets));

    /// <summary>An empty context.</summary>
    public ResponseContext Get() => _idle.Get();

    /// <summary>One that has not begun is not needed.</summary>
    public void Return(ResponseContext context)
    {
        context.Targets.Clear();
        _idle.Return(context);
    }

    /// <summary>RFC 3261 §16.7: the next group is tried when it is its turn; when nothing is open the best response goes upstream.</summary>
    public void Complete(ResponseContext context)
    {
        if (context.Ticket != 0 && !context.IsClosed)
        {
            // Its targets are not known yet.
            return;
        }

        while (!context.FinalSent && (context.Open.Count == 0 || context.HasNextGroup))
        {
            if (context.HasNextGroup && RoutedRequest.TryReadKept(context.Server, environment, out var request))
            {
                forwarder.StartNextGroup(context, request);
            }
            else if (context.Open.Count == 0)
            {
                responses.SendBest(context);
            }
            else
            {
                break;
            }
        }

        if (context.Open.Count == 0)
        {
            environment.Answers.Forget(context.Ticket);
            environment.Resources.Wheel.Cancel(context.PendingTimer);
            environment.Resources.Metrics.ContextsAlive--;
            var server = context.Server;
            context.Release(environment.Resources.Budget);
            _idle.Return(context);
            environment.Transactions.Detach(server);
        }
    }

    /// <summary>Lets go of a part of what was not needed since the last call.</summary>
    public void Trim() => _idle.Trim();
}
