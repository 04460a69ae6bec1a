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

    [Fact]
    public void A_stage_of_the_repository_is_taken_by_those_who_ask_for_it_until_one_is_made_here()
    {
        foreach (var (stage, accuracy) in (ReadOnlySpan<(string, double)>)[("teacher", 0.5), ("distill", 0.6)])
        {
            store.Finish(stage, "f1", new Result(accuracy));
            var record = Path.Combine(store.FolderOf(stage), "stage.json");
            File.WriteAllText(record, File.ReadAllText(record).Replace("\"fingerprint\"", "\"isReference\": true, \"fingerprint\""));
        }
        using (var lab = StageStore.Open(folder["lab"], store.Folder))
        {
            Assert.Null(lab.Find<Result>("teacher", "f2"));
            Assert.Equal(new Result(0.5), lab.Find<Result>("teacher", "f1"));
            Assert.Equal(new Result(0.6), lab.Find<Result>("distill", "f1", "teacher"));
            lab.Finish("export", "f1", new Result(0.7), "distill");
        }
        using (var run = StageStore.Open(folder["lab"]))
        {
            // What was made of the repository's results does not pass for the run's own either.
            Assert.All((string[])["teacher", "distill", "export"], stage => Assert.Null(run.Find<Result>(stage, "f1")));
            run.Finish("teacher", "f1", new Result(0.8));
            Assert.Equal(new Result(0.8), run.Find<Result>("teacher", "f1"));
        }
        using var again = StageStore.Open(folder["lab"], store.Folder);
        Assert.Equal(new Result(0.8), again.Find<Result>("teacher", "f1"));
        Assert.Null(again.Find<Result>("distill", "f1", "teacher"));
    }

    [Fact]
    public void A_stage_of_the_repository_is_not_written_over_files_of_somebody_else()
    {
        store.Finish("teacher", "f1", new Result(0.5));
        File.WriteAllText(Path.Combine(store.FolderOf("teacher"), "model.safetensors"), "theirs");
        Directory.CreateDirectory(folder["lab/teacher"]);
        File.WriteAllText(folder["lab/teacher/model.safetensors"], "mine");
        using var lab = StageStore.Open(folder["lab"], store.Folder);
        Assert.Contains("No run has written", Assert.Throws<UserException>(() => lab.Find<Result>("teacher", "f1")).Message);
        Assert.Equal("mine", File.ReadAllText(folder["lab/teacher/model.safetensors"]));
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
