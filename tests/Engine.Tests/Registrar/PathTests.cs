using System.Text;

namespace ImsSipFast.Engine.Tests.Registrar;

/// <summary>Path at the registrar (RFC 3327 §5.3).</summary>
public sealed class PathTests
{
    private const string Contact = "Contact: <sip:UA1@192.0.2.4>\n";

    private readonly RegistrarFixture _registrar = new();

    [Theory]
    [InlineData("Path: <sip:P3.EXAMPLEHOME.COM;lr>,<sip:P1.EXAMPLEVISITED.COM;lr>\nSupported: path")]
    [InlineData("Path: <sip:P3.EXAMPLEHOME.COM;lr> , <sip:P1.EXAMPLEVISITED.COM;lr>")]
    [InlineData("Path: <sip:P3.EXAMPLEHOME.COM;lr>\nSupported: path\npath: <sip:P1.EXAMPLEVISITED.COM;lr>")]
    public void The_path_vector_is_stored_in_order_and_comes_back(string headers)
    {
        const string Vector = "<sip:P3.EXAMPLEHOME.COM;lr>,<sip:P1.EXAMPLEVISITED.COM;lr>";
        Assert.Equal(Vector, _registrar.Register(Contact + headers, 1).Header("Path"));
        Assert.Equal(Vector, Encoding.ASCII.GetString(Assert.Single(_registrar.Bindings()).Path));
    }

    [Fact]
    public void C168_Path_without_Supported_is_served() =>
        Assert.Equal(200, _registrar.Register(Contact + "Path: <sip:p1.test;lr>", 1).Status);

    [Fact]
    public void Each_binding_has_the_path_of_its_own_REGISTER()
    {
        _registrar.Register("Contact: <sip:1@h>\nPath: <sip:p1.test;lr>", 1);
        _registrar.Register("Contact: <sip:2@h>", 1, callId: "other");
        Assert.Equal(["<sip:p1.test;lr>", ""], _registrar.Bindings().Select(b => Encoding.ASCII.GetString(b.Path)));

        // A refresh over another path replaces it.
        _registrar.Register("Contact: <sip:1@h>\nPath: <sip:p2.test;lr>", 2);
        Assert.Equal(["<sip:p2.test;lr>", ""], _registrar.Bindings().Select(b => Encoding.ASCII.GetString(b.Path)));
    }

    [Theory]
    [InlineData("Path: sip:p1.test")]
    [InlineData("Path: <tel:+1212>")]
    [InlineData("Path: <sip:>")]
    [InlineData("Path: <sip:p1.test;lr>, nonsense")]
    public void A_path_that_could_be_no_route_gets_400(string path)
    {
        Assert.Equal(400, _registrar.Register(Contact + path, 1).Status);
        Assert.Empty(_registrar.Targets());
    }
}
