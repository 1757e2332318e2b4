using Gateway.Host.Access.People;
using Gateway.Tests.Support;

namespace Gateway.Tests.Host.Access.People;

public sealed class RightsPageTests
{
    private const string PageName = "docs/access.md";

    [Fact]
    public void Page_says_what_the_tables_say()
    {
        string path = RepositoryFolder.PathOf(PageName);
        if (Environment.GetEnvironmentVariable("GATEWAY_WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, RightsPage.Text());
        }

        Assert.True(RightsPage.Text() == File.ReadAllText(path), $"{PageName} is not what the tables say; GATEWAY_WRITE_DOCS=1 writes it anew");
    }
}
