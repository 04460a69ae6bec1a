using System.CommandLine;

namespace DistillKit.Cli.Tests;

public sealed class CommandLineTests
{
    private readonly StringWriter output = new();
    private readonly StringWriter error = new();

    private Task<int> Run(params string[] arguments) => CommandLine.RunAsync(arguments, output, error);

    private Task<int> RunVerbThat(Action<ParseResult> acts)
    {
        var verb = new Command("act");
        verb.SetAction(acts);
        return CommandLine.RunAsync(["act"], output, error, [verb]);
    }

    [Theory]
    [InlineData]
    [InlineData("help")]
    [InlineData("--help")]
    public async Task Help_lists_the_verbs(params string[] arguments)
    {
        Assert.Equal(0, await Run(arguments));
        Assert.Contains("doctor", output.ToString());
    }

    [Fact]
    public async Task Help_of_a_verb_lists_its_options()
    {
        Assert.Equal(0, await Run("help", "doctor"));
        Assert.Contains("--json", output.ToString());
    }

    [Theory]
    [InlineData("distillkit: `distillkit` has no verb 'doctr'; did you mean 'doctor'?", "doctr")]
    [InlineData("distillkit: `distillkit` has no verb 'doc'; did you mean 'doctor'?", "doc")]
    [InlineData("distillkit: `distillkit` has no verb 'xyzzy'; `./distillkit --help` says more", "xyzzy")]
    [InlineData("distillkit: `distillkit doctor` has no option '--jsn'; did you mean '--json'?", "doctor", "--jsn")]
    [InlineData("distillkit: `distillkit doctor` has no argument 'more'; `./distillkit doctor --help` says more", "doctor", "more")]
    public async Task Wrong_usage_is_one_line_with_the_nearest_name(string line, params string[] arguments)
    {
        Assert.Equal(2, await Run(arguments));
        Assert.Equal(line, error.ToString().TrimEnd());
        Assert.Empty(output.ToString());
    }

    [Fact]
    public async Task A_failure_that_the_person_can_fix_is_one_line()
    {
        Assert.Equal(1, await RunVerbThat(_ => throw new UserException("no such file; name another", new IOException("details"))));
        Assert.Equal("distillkit: no such file; name another", error.ToString().TrimEnd());
    }

    [Fact]
    public async Task An_unexpected_error_is_one_line_that_names_the_file_with_the_details()
    {
        Assert.Equal(70, await RunVerbThat(_ => throw new InvalidOperationException("two\nlines")));
        var line = Assert.Single(error.ToString().TrimEnd().Split(Environment.NewLine));
        Assert.StartsWith("distillkit: unexpected error: two lines (details: ", line);
        var file = line[(line.IndexOf("details: ") + 9)..^1];
        Assert.Contains(nameof(InvalidOperationException), File.ReadAllText(file));
        File.Delete(file);
    }

    [Fact]
    public async Task An_engine_that_does_not_load_leads_to_doctor()
    {
        Assert.Equal(1, await RunVerbThat(_ => throw new TypeInitializationException("Native", new DllNotFoundException("libtorch"))));
        Assert.Equal("distillkit: the engine does not load; `./distillkit doctor` says why", error.ToString().TrimEnd());
    }
}
