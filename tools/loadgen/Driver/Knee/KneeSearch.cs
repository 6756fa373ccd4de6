using ImsSipFast.LoadGen.Driver.Options;

namespace ImsSipFast.LoadGen.Driver.Knee;

/// <summary>What a run at one rate showed.</summary>
internal enum Verdict
{
    /// <summary>No failure, and p99 below the bound.</summary>
    Pass,

    /// <summary>Attempts failed.</summary>
    Failures,

    /// <summary>No failure, but p99 above the bound.</summary>
    Slow,

    /// <summary>The generator could not keep up: this says nothing about the target.</summary>
    Generator,
}

/// <summary>Why a rate is tried.</summary>
internal enum ProbeReason
{
    /// <summary>The one before passed.</summary>
    Double,

    /// <summary>Not even the first rate passed.</summary>
    Halve,

    /// <summary>Between one that passed and one that did not.</summary>
    Bisect,

    /// <summary>It did not pass; a single bad run may be chance.</summary>
    Again,

    /// <summary>It passed; a single good run may be luck.</summary>
    Confirm,
}

/// <summary>The end of a search.</summary>
/// <param name="Rate">The highest rate that passed and was confirmed, per second; 0 when none did.</param>
/// <param name="Above">What the next higher rate showed; <see cref="Verdict.Pass"/> when none was tried.</param>
internal readonly record struct Knee(double Rate, Verdict Above);

/// <summary>Finds the highest rate that a target carries: doubling, then bisection, then confirmation.</summary>
/// <param name="bounds">Where to look and how closely.</param>
/// <param name="probe">Runs at a rate.</param>
internal sealed class KneeSearch(KneeBounds bounds, Func<double, ProbeReason, Verdict> probe)
{
    private const double LeastRate = 1;
    private readonly SortedSet<double> _passed = [];

    // The lowest rate that did not pass, and what it showed.
    private double _failed = double.PositiveInfinity;
    private Verdict _above = Verdict.Pass;

    /// <summary>Searches. Every rate that does not pass lowers the bracket for good, so it ends.</summary>
    public Knee Find()
    {
        Grow();
        while (true)
        {
            Narrow();
            if (_passed.Count == 0)
            {
                return new Knee(0, _above);
            }

            var candidate = _passed.Max;
            if (IsConfirmed(candidate))
            {
                return new Knee(candidate, _above);
            }
        }
    }

    private void Grow()
    {
        var rate = Math.Min(bounds.From, bounds.To);
        while (Passes(rate, ProbeReason.Double) && rate < bounds.To)
        {
            rate = Math.Min(rate * 2, bounds.To);
        }
    }

    private void Narrow()
    {
        while (!double.IsInfinity(_failed))
        {
            if (_passed.Count == 0)
            {
                var lower = Math.Floor(_failed / 2);
                if (lower < LeastRate)
                {
                    return;
                }

                _ = Passes(lower, ProbeReason.Halve);
                continue;
            }

            var below = _passed.Max;
            var middle = Math.Round((below + _failed) / 2);
            if (_failed - below <= below * bounds.Tolerance || middle <= below || middle >= _failed)
            {
                return;
            }

            _ = Passes(middle, ProbeReason.Bisect);
        }
    }

    /// <summary>A rate that does not pass gets one more chance.</summary>
    private bool Passes(double rate, ProbeReason why)
    {
        var verdict = probe(rate, why);
        if (verdict != Verdict.Pass)
        {
            verdict = probe(rate, ProbeReason.Again);
        }

        return Note(rate, verdict);
    }

    private bool IsConfirmed(double rate)
    {
        for (var i = 0; i < bounds.Confirmations; i++)
        {
            if (!Note(rate, probe(rate, ProbeReason.Confirm)))
            {
                return false;
            }
        }

        return true;
    }

    private bool Note(double rate, Verdict verdict)
    {
        if (verdict == Verdict.Pass)
        {
            _ = _passed.Add(rate);
            return true;
        }

        _ = _passed.RemoveWhere(passed => passed >= rate);
        (_failed, _above) = (rate, verdict);
        return false;
    }
}
