using System.Text;
using ImsSipFast.Engine.Tests.Simulation;

namespace ImsSipFast.Engine.Tests.Robustness;

/// <summary>A response as the server makes it of a request that it really got.</summary>
internal static class LiveResponse
{
    public static byte[] To(ReadOnlySpan<byte> request, int status)
    {
        var got = WireMessage.Parse(request.ToArray());
        var response = WireMessage.ResponseTo(got, status, "Reason");
        response.Set("To", response["To"] + ";tag=server");
        got.Lines("Record-Route").ForEach(value => response.Add("Record-Route", value));
        return Encoding.Latin1.GetBytes(
            response.Add("Contact", "<sip:server@203.0.113.9>").With("v=0\r\no=- 0 0 IN IP4 203.0.113.9\r\ns=-\r\n").ToString());
    }
}
