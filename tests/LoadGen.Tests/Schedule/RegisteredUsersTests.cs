using ImsSipFast.LoadGen.Schedule;

namespace ImsSipFast.LoadGen.Tests.Schedule;

public sealed class RegisteredUsersTests
{
    [Fact]
    public void New_users_come_until_all_are_registered_and_then_are_refreshed()
    {
        var users = new RegisteredUsers(3, 0);
        Assert.Equal([0, 1, 2, 0, 1, 2, 0], Enumerable.Range(0, 7).Select(_ => users.Add()));
    }

    [Fact]
    public void Refreshes_go_round_those_who_are_registered()
    {
        var users = new RegisteredUsers(5, 2);
        Assert.Equal([0, 1, 0], Enumerable.Range(0, 3).Select(_ => users.Refresh()));
        Assert.Equal(2, users.Add());
        Assert.Equal([1, 2, 0], Enumerable.Range(0, 3).Select(_ => users.Refresh()));
    }

    [Fact]
    public void Who_was_removed_is_new_again()
    {
        var users = new RegisteredUsers(3, 3);
        Assert.Equal(0, users.Remove());
        Assert.Equal([1, 2, 1], Enumerable.Range(0, 3).Select(_ => users.Refresh()));
        Assert.Equal(0, users.Add());
        Assert.Equal(1, users.Remove());
    }

    [Fact]
    public void Nobody_to_refresh_or_remove_is_no_endless_search()
    {
        Assert.Equal(0, new RegisteredUsers(2, 0).Refresh());
        Assert.Equal(0, new RegisteredUsers(2, 0).Remove());
    }
}
