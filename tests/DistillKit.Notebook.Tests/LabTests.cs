namespace DistillKit.Notebook.Tests;

[Collection("notebook")]
public sealed class LabTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("distillkit-lab-").FullName;

    public LabTests() => Set("ARTIFACTS", folder);

    public void Dispose()
    {
        foreach (var name in (string[])["ARTIFACTS", "PROFILE", "RATE", "MANY_EPOCHS", "CAREFUL"]) Set(name, null);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void The_profile_comes_from_the_environment_else_it_is_quick()
    {
        Assert.Equal("quick", Lab.Open().Profile.Name);
        Set("PROFILE", "smoke");
        Assert.Equal("smoke", Lab.Open().Profile.Name);
        Assert.Equal("standard", Lab.Open("standard").Profile.Name);
        Assert.Equal(Path.Combine(folder, "smoke"), Lab.Open().Folder);
        Set("PROFILE", "nonsense");
        Assert.Contains("nonsense", Assert.Throws<UserException>(() => Lab.Open()).Message);
    }

    [Fact]
    public void A_file_chooses_the_profile_for_a_class_unless_the_notebook_or_the_environment_does()
    {
        var before = Directory.GetCurrentDirectory();
        var notebooks = Directory.CreateDirectory(Path.Combine(folder, "notebooks", "exercises")).Parent!;
        File.WriteAllText(Path.Combine(folder, "DistillKit.Notebooks.sln"), "");
        File.WriteAllText(Path.Combine(notebooks.FullName, "profile.txt"), "smoke\n");
        try
        {
            Directory.SetCurrentDirectory(Path.Combine(notebooks.FullName, "exercises"));
            Assert.Equal("smoke", Lab.Open().Profile.Name);
            Assert.Equal("quick", Lab.Open("quick").Profile.Name);
            Set("PROFILE", "standard");
            Assert.Equal("standard", Lab.Open().Profile.Name);
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
        }
    }

    [Fact]
    public void Settings_come_from_the_environment_with_their_type()
    {
        Assert.Equal(0.5, Lab.Setting("rate", 0.5));
        Set("RATE", "0.25");
        Set("MANY_EPOCHS", "3");
        Set("CAREFUL", "true");
        Assert.Equal(0.25, Lab.Setting("rate", 0.5));
        Assert.Equal(3, Lab.Setting("many-epochs", 1));
        Assert.True(Lab.Setting("careful", false));
        Assert.Contains("DISTILLKIT_RATE", Assert.Throws<UserException>(() => Lab.Setting("rate", 1)).Message);
    }

    [Fact]
    public void A_network_is_trained_once_and_found_again_while_the_lab_holds_no_lock()
    {
        var lab = Lab.Open("smoke");
        var first = lab.Train("teacher");
        var again = Lab.Open("smoke").Train("teacher");

        Assert.Equal(first.Result, again.Result);
        Assert.NotEqual(first.Result, lab.Train("teacher", again: true).Result);       // at least in the time that it took
        Assert.Equal(5, first.History.EpochsAt(first.History.Lines[^1]));
        Assert.Equal(10, first.Load().Classes);
        Assert.Contains("teacher, baseline, distill", Assert.Throws<UserException>(() => lab.Train("nobody")).Message);
    }

    [Fact]
    public void An_experiment_is_carried_out_once_on_the_profile_of_the_lab()
    {
        const string Text = """
            { "name": "warmth", "seeds": [1, 2], "baseline": "alone", "recipes": { "alone": { "distillation.alpha": 0 }, "kd": {} },
              "set": {
                "student.training.phases": [{ "epochs": 1 }],
                "teacher.training.phases": [{ "epochs": 1 }] } }
            """;
        var table = Lab.Open("smoke").Run(Text);
        var again = Lab.Open("smoke").Run(Text);

        Assert.Equal(("smoke", 4), (table.Profile, table.Runs.Count));
        Assert.Equal(table.Runs.Select(run => run.Date), again.Runs.Select(run => run.Date));
        var another = Text.Replace("\"seeds\"", "\"profile\": \"quick\", \"seeds\"");
        Assert.Contains("leave 'profile' out", Assert.Throws<UserException>(() => Lab.Open("smoke").Run(another)).Message);
    }

    private static void Set(string name, string? value) => Environment.SetEnvironmentVariable("DISTILLKIT_" + name, value);
}
