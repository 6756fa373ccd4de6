namespace ImsSipFast.Engine.Tests.Simulation;

/// <summary>The bindings that an agent keeps alive: REGISTER, refresh, retry, and the end of it (RFC 3261 §10.2).</summary>
internal sealed class SimWorldRegistrations(SimWorldAgent agent)
{
    private readonly Dictionary<string, (string CallId, int CSeq)> _orders = [];
    private readonly HashSet<string> _withdrawn = [];
    private readonly Dictionary<string, Action?> _waiting = [];

    private SimWorldChance Chance => agent.World.Chance;

    public void Start()
    {
        _orders.Clear();
        _withdrawn.Clear();
        _waiting.Clear();
        foreach (var binding in agent.Traits.Bindings)
        {
            agent.After(Chance.Between(0, 1_500), () => Register(binding));
        }
    }

    /// <summary>Takes a binding back, or makes it again.</summary>
    public void Change()
    {
        var binding = Chance.Pick(agent.Traits.Bindings);
        if (_withdrawn.Add(binding.User))
        {
            Withdraw(binding);
        }
        else
        {
            _withdrawn.Remove(binding.User);
            Register(binding);
        }
    }

    public void Finish()
    {
        foreach (var binding in agent.Traits.Bindings.Where(_ => Chance.Is(0.5)).ToArray())
        {
            _withdrawn.Add(binding.User);
            agent.After(Chance.Between(0, 5_000), () => Withdraw(binding));
        }
    }

    private void Register(SimWorldBinding binding)
    {
        if (_withdrawn.Contains(binding.User) || agent.World.IsFinishing || MustWait(binding, () => Register(binding)))
        {
            return;
        }

        var expires = agent.Traits.Expires;
        var request = Request(binding);
        var q = binding.Q < 0 ? "" : $";q=0.{binding.Q / 100}";
        if (Chance.Is(0.5))
        {
            request.Add("Contact", $"<{ContactOf(binding)}>{q};expires={expires}");
        }
        else
        {
            request.Add("Contact", $"<{ContactOf(binding)}>{q}").Add("Expires", $"{expires}");
        }

        Ask(binding, request, status =>
        {
            if (status is >= 200 and < 300)
            {
                Refresh(binding, expires);
            }
            else
            {
                agent.After(Chance.Between(2_000, 10_000), () => Register(binding));
            }
        });
    }

    /// <summary>
    /// RFC 3261 §10.2: no new registration before the last one has its final response or has timed out. What is wanted
    /// meanwhile comes after it.
    /// </summary>
    private bool MustWait(SimWorldBinding binding, Action then)
    {
        var waits = _waiting.ContainsKey(binding.User);
        if (waits)
        {
            _waiting[binding.User] = then;
        }

        return waits;
    }

    /// <summary>Sends a REGISTER; a timeout counts as 408.</summary>
    private void Ask(SimWorldBinding binding, SimWorldMessage request, Action<int> onFinal)
    {
        _waiting.Add(binding.User, null);
        agent.Ask(
            request,
            agent.Traits.Proxy,
            response =>
            {
                if (response.Status >= 200)
                {
                    Done(response.Status);
                }
            },
            () => Done(408));

        void Done(int status)
        {
            _waiting.Remove(binding.User, out var next);
            onFinal(status);
            next?.Invoke();
        }
    }

    private void Refresh(SimWorldBinding binding, int expires)
    {
        if (!agent.Traits.ForgetsToRefresh)
        {
            agent.After(expires * Chance.Between(400, 900), () => Register(binding));
        }
    }

    private void Withdraw(SimWorldBinding binding)
    {
        if (MustWait(binding, () => Withdraw(binding)))
        {
            return;
        }

        var request = Request(binding);
        if (Chance.Is(0.3))
        {
            request.Add("Contact", "*").Add("Expires", "0");
        }
        else
        {
            request.Add("Contact", $"<{ContactOf(binding)}>;expires=0");
        }

        Ask(binding, request, static _ => { });
    }

    private SimWorldMessage Request(SimWorldBinding binding)
    {
        // RFC 3261 §10.2: one Call-ID for all registrations since the start, CSeq one more each time.
        var (callId, cseq) = _orders.TryGetValue(binding.User, out var order) ? order : (agent.NewId("reg"), 0);
        _orders[binding.User] = (callId, cseq + 1);
        var user = $"<sip:{binding.User}@home.test>";
        return new SimWorldMessage("REGISTER sip:home.test SIP/2.0").Add("Via", agent.NewVia()).Add("Max-Forwards", "70")
            .Add("From", $"{user};tag={agent.NewId("f")}").Add("To", user).Add("Call-ID", callId).Add("CSeq", $"{cseq + 1} REGISTER");
    }

    private string ContactOf(SimWorldBinding binding) =>
        binding.Contact ?? (agent.Traits.HostName is { } name ? $"sip:{agent.Traits.Name}@{name}:{agent.Traits.Address.Port}" : agent.Contact.Trim('<', '>'));
}
