using Microsoft.DotNet.Interactive.Formatting;
using static Microsoft.DotNet.Interactive.Kernel;

namespace Microsoft.DotNet.Interactive.Tests;

public sealed class DisplayTests
{
    [Fact]
    public async Task A_displayed_value_has_the_preferred_type_and_keeps_its_place_when_updated()
    {
        var (shown, _) = await InCellAsync(() =>
        {
            var value = display("one");
            value.Update("two");
            Assert.True(value.IsUpdated);
            Assert.Equal("two", value.Value);
        });
        Assert.Equal(["text/plain: one", "text/plain: two"], shown.Select(value => value.Text));
        Assert.Single(shown.Select(value => value.Id).Distinct());
    }

    [Fact]
    public async Task An_update_keeps_the_types_that_were_asked_for()
    {
        var (shown, _) = await InCellAsync(() => display(1, "text/plain", "application/json").Update(2));
        Assert.Equal(["text/plain: 1|application/json: 1", "text/plain: 2|application/json: 2"], shown.Select(value => value.Text));
    }

    [Fact]
    public async Task Html_is_not_escaped_and_text_can_be_given_any_type()
    {
        var (shown, _) = await InCellAsync(() =>
        {
            display(HTML("<b>x</b>"));
            "# t".DisplayAs("text/markdown");
            KernelInvocationContext.Current!.DisplayAs("y", "text/html");
            KernelInvocationContext.Current!.Display("z");
            Javascript("1");
        });
        Assert.Equal(["text/html: <b>x</b>", "text/markdown: # t", "text/html: y", "text/plain: z", "text/html: <script type=\"text/javascript\">1</script>"], shown.Select(value => value.Text));
    }

    [Fact]
    public async Task The_context_is_the_cells_and_ends_with_it()
    {
        Assert.Null(KernelInvocationContext.Current);
        using var stop = new CancellationTokenSource();
        var (_, context) = await InCellAsync(() => Assert.Equal(stop.Token, KernelInvocationContext.Current!.CancellationToken), stop.Token);
        Assert.NotNull(context);
        Assert.Null(KernelInvocationContext.Current);
    }

    [Fact]
    public void A_formatted_value_needs_a_type() => Assert.Throws<ArgumentException>(() => new FormattedValue(" ", "x"));

    [Fact]
    public void Null_is_displayed_as_such() => Assert.Equal("text/plain: <null>", FormattedValue.CreateSingleFromObject(null, "text/plain").ToString());

    private static async Task<(List<(string Id, string Text)> Shown, KernelInvocationContext? Context)> InCellAsync(Action cell, CancellationToken cancellation = default)
    {
        var shown = new List<(string, string)>();
        return await Task.Run(() =>
        {
            KernelInvocationContext.Begin(value => shown.Add((value.DisplayId, string.Join('|', value.FormattedValues))), cancellation);
            cell();
            return (shown, KernelInvocationContext.Current);
        });
    }
}
