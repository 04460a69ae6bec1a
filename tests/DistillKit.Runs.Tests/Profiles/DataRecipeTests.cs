using DistillKit.Runs.Profiles;
using DistillKit.Runs.Stages;

namespace DistillKit.Runs.Tests.Profiles;

public sealed class DataRecipeTests
{
    [Fact]
    public void A_relative_folder_is_looked_for_beside_the_profile()
    {
        using var folder = new TemporaryFolder();
        var profile = Profile.Load("smoke") with { Data = new(DataSource.Folder, Folder: "pictures") };
        File.WriteAllText(folder["mine.json"], profile.ToJson());
        Assert.Equal(folder["pictures"], Profile.Load(folder["mine.json"]).Data.Folder);
    }

    [Fact]
    public void A_folder_without_its_parts_says_what_it_has()
    {
        using var folder = new TemporaryFolder();
        var recipe = new DataRecipe(DataSource.Folder, Folder: folder["pictures"]);
        string Refusal() => Assert.Throws<UserException>(() => recipe.Load(null, 1)).Message;
        Assert.Contains($"There is no folder {folder["pictures"]}", Refusal());
        Directory.CreateDirectory(folder["pictures/cat"]);
        Directory.CreateDirectory(folder["pictures/dog"]);
        Assert.Contains("must hold the folders train and test, each with a folder for each class, but holds cat, dog.", Refusal());
    }

    [Fact]
    public void Other_pictures_are_other_data_and_another_place_is_not()
    {
        using var folder = new TemporaryFolder();
        string Fingerprint(string place) => StageStore.Fingerprint(new DataRecipe(DataSource.Folder, Folder: folder[place]).Identity());
        void Write(string file, string text)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder[file])!);
            File.WriteAllText(folder[file], text);
        }

        foreach (var place in (string[])["here", "there"])
        {
            Write($"{place}/train/cat/a.png", "one");
            Write($"{place}/train/dog/a.png", "two");
        }
        var first = Fingerprint("here");
        Assert.Equal(first, Fingerprint("there"));
        Write("here/train/cat/a.png", "six");
        Assert.NotEqual(first, Fingerprint("here"));
        Write("there/train/dog/b.png", "two");
        Assert.NotEqual(first, Fingerprint("there"));
    }
}
