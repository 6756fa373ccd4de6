using ImsSipFast.Engine.Parsing;
using ImsSipFast.Engine.Registrar;
using ImsSipFast.Engine.Routing;
using ImsSipFast.Engine.Writing;

namespace ImsSipFast.Engine.Roles;

/// <summary>What the target resolver decided.</summary>
internal enum TargetVerdict : byte
{
    /// <summary>There is at least one target.</summary>
    Proxy,

    /// <summary>The request is for this element itself: a domain of ours without a user.</summary>
    ServeHere,

    /// <summary>404: a user of ours that does not exist.</summary>
    NotFound,

    /// <summary>480: a user of ours that has nothing registered now.</summary>
    Unavailable,

    /// <summary>480 with Warning 380: a sips request that can only go on in the clear.</summary>
    SipsNotAllowed,

    /// <summary>480 with Warning 381: a sip request for one who is reached over a secure transport only, and we have none.</summary>
    SipsRequired,
}

/// <summary>RFC 3261 §16.5: where a request may go.</summary>
internal static class TargetResolver
{
    /// <summary>Fills <paramref name="targets"/>; it is empty before and stays so unless the verdict is Proxy.</summary>
    public static TargetVerdict Resolve(in RoutedRequest request, ProxyEnvironment environment, TargetSet targets)
    {
        var verdict = ResolveAnyScheme(request, environment, targets);

        // RFC 5630 §5.3, §9: without a secure transport of ours it could go nowhere, whatever its targets are.
        return verdict == TargetVerdict.Proxy && request.Uri.Scheme == UriScheme.Sips && !environment.Identity.HasSecureListener
            ? TargetVerdict.SipsNotAllowed
            : verdict;
    }

    private static TargetVerdict ResolveAnyScheme(in RoutedRequest request, ProxyEnvironment environment, TargetSet targets)
    {
        if (!request.EndsHere)
        {
            return Single(request, targets);
        }

        var uri = request.Uri;

        // Without a user, or when the maker of a Record-Route is all that is left, the request is for us.
        return uri.HasUser && !IsOwnToken(request, environment)
            ? FromLocation(request, environment, targets)
            : TargetVerdict.ServeHere;
    }

    private static TargetVerdict Single(in RoutedRequest request, TargetSet targets)
    {
        targets.TryAdd(request.Uri.Text, default, 1000, default);
        return TargetVerdict.Proxy;
    }

    private static bool IsOwnToken(in RoutedRequest request, ProxyEnvironment environment) =>
        request.Uri.HasParameter("lr"u8) && FlowToken.HasShape(request.Uri.User) && environment.Identity.IsOwn(request.Uri);

    private static TargetVerdict FromLocation(in RoutedRequest request, ProxyEnvironment environment, TargetSet targets)
    {
        Span<byte> key = stackalloc byte[AddressOfRecord.MaxLength];
        if (!AddressOfRecord.TryWrite(request.Uri, key, out var length))
        {
            return TargetVerdict.NotFound;
        }

        if (!environment.Location.Lookup(key[..length], out var bindings))
        {
            return environment.Location.IsKnown(key[..length]) ? TargetVerdict.Unavailable : TargetVerdict.NotFound;
        }

        var none = TargetVerdict.Unavailable;
        foreach (var binding in bindings.Live(environment.Resources.NowTick))
        {
            // A binding may be a mailto: or tel: URI (RFC 3261 §10.3); it can be listed but not called.
            var scheme = SipUri.SchemeOf(binding.ContactUri);
            if (scheme is not (UriScheme.Sip or UriScheme.Sips))
            {
                continue;
            }

            if (scheme == request.Uri.Scheme)
            {
                targets.TryAdd(binding.ContactUri, binding.Path, binding.QValue, binding.Source);
            }
            else if (scheme == UriScheme.Sip)
            {
                // RFC 5630 §5.3: a sips request MUST NOT go to a sip Contact.
                none = TargetVerdict.SipsNotAllowed;
            }
            else if (!environment.Identity.HasSecureListener)
            {
                none = TargetVerdict.SipsRequired;
            }
            else
            {
                targets.TryAdd(
                    AsSip(binding.ContactUri, environment), binding.Path, binding.QValue, binding.Source, TargetKind.SecureOnly);
            }
        }

        return targets.Count > 0 ? TargetVerdict.Proxy : none;
    }

    /// <summary>RFC 5630 §5.3: a sip request for a sips Contact has the scheme alone replaced, and goes over TLS.</summary>
    private static ReadOnlySpan<byte> AsSip(scoped ReadOnlySpan<byte> contact, ProxyEnvironment environment)
    {
        var writer = new SipWriter(environment.TargetScratch);
        writer.Write("sip"u8);
        writer.Write(contact["sips".Length..]);
        return environment.TargetScratch.AsSpan(0, writer.Length);
    }
}
