using DistillKit.Data;

namespace DistillKit.Runs.Tests.Installation;

public sealed class Cifar10Tests : IDisposable
{
    private readonly FabricatedCifar10 data = new();

    public void Dispose() => data.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData(Cifar10Files.FolderName)]
    public void Images_and_labels_are_loaded_in_the_order_of_the_files(string subfolder)
    {
        data.WriteBinaries(Path.Combine(data.Root, subfolder));
        var training = Cifar10.LoadTraining(data.Root, data.Layout);
        Assert.Equal((50, 32), (training.Count, training.ImageSize));
        var records = data.Records("data_batch_3.bin").Chunk(Cifar10Files.RecordBytes).ToArray();
        Assert.Equal(records[4][0], training.Labels[24]);
        Assert.Equal(records[4][1..], training.Image(24));
        Assert.Equal(10, Cifar10.LoadTest(data.Root, data.Layout).Count);
    }

    [Fact]
    public void A_missing_data_set_is_reported_with_what_to_do() =>
        Assert.Contains("distillkit data get", Assert.Throws<UserException>(() => Cifar10.LoadTest(data.Root, data.Layout)).Message);

    [Theory]
    [InlineData("")]
    [InlineData("cifar-10-batches-py")]
    public void The_data_set_for_Python_is_named_as_such(string subfolder)
    {
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(data.Root, subfolder)).FullName, "data_batch_1"), "a pickle");
        var message = Assert.Throws<UserException>(() => Cifar10.LoadTraining(data.Root, data.Layout)).Message;
        Assert.Contains("holds CIFAR-10 for Python: the binary version is needed, run `./distillkit data get`", message);
    }

    [Fact]
    public void Verifying_stops_at_the_next_file()
    {
        data.WriteBinaries(data.Root);
        Assert.Throws<OperationCanceledException>(() => data.Layout.FindDefect(data.Root, cancellation: new(canceled: true)));
    }

    [Fact]
    public void A_changed_byte_is_refused_with_both_sums()
    {
        data.WriteBinaries(data.Root);
        var (path, bytes) = (Path.Combine(data.Root, "data_batch_5.bin"), data.Records("data_batch_5.bin").ToArray());
        bytes[12345]++;
        File.WriteAllBytes(path, bytes);
        var refusal = Assert.Throws<UserException>(() => Cifar10.LoadTraining(data.Root, data.Layout)).Message;
        Assert.Contains(path, refusal);
        Assert.Contains(data.Layout.Sha256["data_batch_5.bin"], refusal);
    }

    [Fact]
    public void A_truncated_file_is_refused_with_both_sizes()
    {
        data.WriteBinaries(data.Root);
        File.WriteAllBytes(Path.Combine(data.Root, Cifar10Files.TestName), new byte[100]);
        var message = Assert.Throws<UserException>(() => Cifar10.LoadTest(data.Root, data.Layout)).Message;
        Assert.Contains("has 100 bytes, expected 30,730", message);
    }

    [Fact]
    public void Sums_of_all_six_official_files_are_known()
    {
        Assert.Equal(Cifar10Files.Names.Order(), Cifar10Files.Official.Sha256.Keys.Order());
        Assert.All(Cifar10Files.Official.Sha256.Values, sum => Assert.Matches("^[0-9a-f]{64}$", sum));
    }
}
