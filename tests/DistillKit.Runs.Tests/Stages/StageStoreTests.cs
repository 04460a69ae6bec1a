using DistillKit.Runs.Stages;

namespace DistillKit.Runs.Tests.Stages;

public sealed class StageStoreTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly StageStore store;

    public StageStoreTests() => store = StageStore.Open(folder["artifacts/smoke"]);

    public void Dispose()
    {
        store.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void A_finished_stage_is_found_by_the_fingerprint_it_finished_with()
    {
        Assert.Null(store.Find<Result>("teacher", "f1"));
        store.Finish("teacher", "f1", new Result(0.5));
        Assert.Equal(new Result(0.5), store.Find<Result>("teacher", "f1"));
        Assert.Null(store.Find<Result>("teacher", "f2"));
        Assert.Null(store.Find<Result>("baseline", "f1"));
        store.Forget("teacher");
        store.Forget("teacher");
        Assert.Null(store.Find<Result>("teacher", "f1"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{ \"fingerprint\": \"f1\", \"result\": {")]
    [InlineData("{ \"fingerprint\": \"f1\" }")]
    [InlineData("{ \"fingerprint\": \"f1\", \"result\": 3 }")]
    public void A_damaged_record_counts_as_not_finished(string json)
    {
        Directory.CreateDirectory(store.FolderOf("teacher"));
        File.WriteAllText(Path.Combine(store.FolderOf("teacher"), "stage.json"), json);
        Assert.Null(store.Find<Result>("teacher", "f1"));
    }

    [Fact]
    public void Files_in_a_folder_that_no_stage_has_begun_in_are_not_overwritten()
    {
        var file = Path.Combine(store.FolderOf("ptq"), "static.onnx");
        store.RequireOwn("ptq", [file]);
        Directory.CreateDirectory(store.FolderOf("ptq"));
        File.WriteAllText(file, "");
        Assert.Contains($"No run has written {file}", Assert.Throws<UserException>(() => store.RequireOwn("ptq", [file])).Message);
        store.Begin("ptq");
        store.RequireOwn("ptq", [file]);
        store.Finish("ptq", "f1", new Result(0.5));
        Assert.Equal(["stage.json", "static.onnx"], Directory.GetFiles(store.FolderOf("ptq")).Select(Path.GetFileName).Order());
        store.Forget("ptq");
        store.RequireOwn("ptq", [file]);
    }

    [Fact]
    public void Two_stores_on_one_folder_are_refused_until_the_first_is_closed()
    {
        var message = Assert.Throws<UserException>(() => StageStore.Open(store.Folder)).Message;
        Assert.Contains("another run", message);
        Assert.Contains("--output", message);
        Assert.DoesNotContain('\n', message);
        store.Dispose();
        using var next = StageStore.Open(store.Folder);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_refused()
    {
        File.WriteAllText(folder["file"], "");
        Assert.Contains(folder["file"], Assert.Throws<UserException>(() => StageStore.Open(folder["file/below"])).Message);
    }

    [Fact]
    public void A_fingerprint_depends_on_every_input_and_their_order()
    {
        string[] prints = [StageStore.Fingerprint("a", "b"), StageStore.Fingerprint("b", "a"), StageStore.Fingerprint("a"),
            StageStore.Fingerprint("ab"), StageStore.Fingerprint("a", "b", "")];
        Assert.Equal(prints, prints.Distinct());
        Assert.Equal(prints[0], StageStore.Fingerprint("a", "b"));
    }

    private sealed record Result(double Accuracy);
}
