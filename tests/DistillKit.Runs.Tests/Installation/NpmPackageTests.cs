using DistillKit.Data;
using DistillKit.Runs.Installation;

namespace DistillKit.Runs.Tests.Installation;

public sealed class NpmPackageTests : IDisposable
{
    private readonly FabricatedCifar10 data = new();

    public void Dispose() => data.Dispose();

    [Fact]
    public void Sheets_become_the_binary_files_they_were_made_of()
    {
        var sheets = data.WriteSheets(Path.Combine(data.Root, "sheets"));
        NpmPackage.Convert(sheets);
        Assert.All(Cifar10Files.Names, file => Assert.Equal(data.Records(file), File.ReadAllBytes(Path.Combine(sheets, file))));
    }

    [Theory]
    [InlineData("test_lables.json", "[0,1,2]", "test_batch.png has 1024 x 10 pixels, but there are 3 labels")]
    [InlineData("train_lables.json", "[0.5]", "train_lables.json cannot be used")]
    [InlineData("train_lables.json", "no", "train_lables.json cannot be used")]
    [InlineData("data_batch_4.png", "no", "data_batch_4.png cannot be used: it is no PNG")]
    public void A_wrong_file_is_refused_with_its_name_and_the_reason(string file, string content, string reason) =>
        Assert.Contains(reason, Refuse(sheets => File.WriteAllText(Path.Combine(sheets, file), content)).Message);

    [Theory]
    [InlineData("data_batch_2.png")]
    [InlineData("train_lables.json")]
    public void A_missing_file_is_refused_with_its_name(string file) =>
        Assert.Contains(file, Refuse(sheets => File.Delete(Path.Combine(sheets, file))).Message);

    private UserException Refuse(Action<string> damage)
    {
        var sheets = data.WriteSheets(Path.Combine(data.Root, "sheets"));
        damage(sheets);
        return Assert.Throws<UserException>(() => NpmPackage.Convert(sheets));
    }
}
