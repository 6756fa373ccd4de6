namespace ImsSipFast.LoadGen.Metrics;

/// <summary>What RFC 6076 makes ratios of, for sessions: one for each INVITE that begins one, challenges not counted.</summary>
internal struct SessionCounters
{
    public long Requests;
    public long Redirected;
    public long Answered;

    /// <summary>480, 486, 600, 603: the session was set up as far as the called user let it.</summary>
    public long Refused;

    /// <summary>408, 500, 503, 504 and timeouts.</summary>
    public long Ineffective;
    public long Completed;

    /// <summary>Counts how the INVITE ended; a code of 700 or more is a timeout.</summary>
    public void Count(int code)
    {
        switch (code)
        {
            case >= 200 and < 300:
                Answered++;
                break;
            case >= 300 and < 400:
                Redirected++;
                break;
            case 480 or 486 or 600 or 603:
                Refused++;
                break;
            case 408 or 500 or 503 or 504 or >= 700:
                Ineffective++;
                break;
        }
    }

    /// <summary>The ratios in percent, as far as they are defined.</summary>
    public readonly void AddTo(Dictionary<string, double> ratios)
    {
        if (Requests == 0)
        {
            return;
        }

        var notRedirected = Requests - Redirected;
        if (notRedirected > 0)
        {
            ratios["SER"] = 100.0 * Answered / notRedirected; // RFC 6076 §4.6
            ratios["SEER"] = 100.0 * (Answered + Refused) / notRedirected; // §4.7
        }

        ratios["ISA"] = 100.0 * Ineffective / Requests; // §4.8
        ratios["SCR"] = 100.0 * Completed / Requests; // §4.9
    }
}

/// <summary>The same for registrations.</summary>
internal struct RegistrationCounters
{
    public long Requests;

    /// <summary>4xx other than 401, 402 and 407, 5xx, 6xx and timeouts.</summary>
    public long Ineffective;

    /// <summary>RFC 6076 §4.2.</summary>
    public readonly void AddTo(Dictionary<string, double> ratios)
    {
        if (Requests > 0)
        {
            ratios["IRA"] = 100.0 * Ineffective / Requests;
        }
    }
}
