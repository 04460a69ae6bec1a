using DistillKit;
using DistillKit.Runs.Installation;
using DistillKit.Runs.Profiles;
using DistillKit.Training;
using StbImageWriteSharp;
using static TorchSharp.torch;

namespace OpenDoors.Tests;

public sealed class PictureDoorTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("distillkit-test-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void A_network_learns_pictures_of_ones_own()
    {
        using var scope = NewDisposeScope();
        WriteAll("train", each: 40);
        WriteAll("test", each: 10);
        var training = ImageFolder.Load(Path.Combine(root, "train"), imageSize: 16);
        Assert.Equal(["blue", "green", "red"], training.ClassNames);
        Assert.Equal((120, 16), (training.Count, training.ImageSize));
        var validation = ImageFolder.Load(Path.Combine(root, "test"), imageSize: 16);
        var data = new TrainingData(new(training, CPU), new(validation, CPU), training.ClassNames);
        manual_seed(1);
        var network = new PlainSpec { Classes = 3 }.Build();
        Assert.True(ShapeTraining.Train(network, new SupervisedObjective(labelSmoothing: 0), data).ValidationAccuracy > 0.9);
    }

    [Theory]
    [InlineData("png")]
    [InlineData("jpg")]
    [InlineData("bmp")]
    public void A_picture_is_resized_and_its_colours_stay(string extension)
    {
        Write(Path.Combine(root, "a", $"wide.{extension}"), 50, 20, (200, 100, 50));
        Write(Path.Combine(root, "b", $"tiny.{extension}"), 3, 3, (200, 100, 50));
        var set = ImageFolder.Load(root, imageSize: 8);
        for (var image = 0; image < 2; image++)
        {
            var channels = set.Image(image).ToArray().Chunk(64).ToArray();
            foreach (var (channel, value) in ((int, int)[])[(0, 200), (1, 100), (2, 50)])
                Assert.All(channels[channel], pixel => Assert.InRange(pixel, value - 3, value + 3));
        }
    }

    [Fact]
    public void What_cannot_be_used_is_named_in_one_line()
    {
        Assert.Contains("no folder", Error("missing"));
        Write(Path.Combine(root, "flat", "a.png"), 4, 4, (1, 2, 3));
        Assert.Contains("holds pictures but no classes: put the pictures of each class into a folder", Error("flat"));
        Write(Path.Combine(root, "some", "one", "a.png"), 4, 4, (1, 2, 3));
        Assert.Contains("1 folders: make one for each class", Error("some"));
        Directory.CreateDirectory(Path.Combine(root, "some", "two"));
        Assert.Contains(Path.Combine("some", "two") + " holds no PNG, JPEG or BMP pictures", Error("some"));
        var broken = Path.Combine(root, "some", "two", "b.jpg");
        File.WriteAllText(broken, "not a picture");
        Assert.Contains(broken, Error("some"));
        Write(broken, 64, 64, (9, 9, 9));
        var whole = File.ReadAllBytes(broken);
        File.WriteAllBytes(broken, whole[..100]);
        Assert.DoesNotContain('\n', Error("some"));

        Write(broken, 64, 64, (9, 9, 9));
        Directory.Move(Path.Combine(root, "some", "two"), Path.Combine(root, "some", "cats,dogs"));
        Assert.Contains("The class 'cats,dogs'", Error("some"));

        string Error(string folder) => Assert.Throws<UserException>(() => ImageFolder.Load(Path.Combine(root, folder))).Message;
    }

    [Fact]
    public void Loading_stops_when_it_is_cancelled()
    {
        WriteAll("train", each: 3);
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => ImageFolder.Load(Path.Combine(root, "train"), cancellation: stop.Token));
        Assert.Throws<OperationCanceledException>(() => ImageFolder.HashOf(root, stop.Token));
    }

    [Fact]
    public void A_profile_names_the_folder()
    {
        WriteAll("train", each: 10);
        WriteAll("test", each: 5);
        var profile = Profile.Load("smoke") with { Data = new(DataSource.Folder, Validation: 6, Folder: root, ImageSize: 24) };
        Assert.Equal(profile.Data, Profile.Parse(profile.ToJson(), "again").Data);
        var images = profile.Data.Load(folder: null, seed: 1);
        Assert.Equal((24, 6, 15, 24), (images.Training.Count, images.Validation.Count, images.Test.Count, images.Test.ImageSize));
        Assert.Throws<UserException>(() => Profile.Parse((profile with { Data = new(Folder: root) }).ToJson(), "no source"));
    }

    private void WriteAll(string part, int each)
    {
        foreach (var (name, index) in ((string, int)[])[("red", 0), ("green", 1), ("blue", 2)])
        {
            for (var image = 0; image < each; image++)
            {
                var colour = Enumerable.Range(0, 3).Select(channel => channel == index ? 180 + image : 40 + image).ToArray();
                Write(Path.Combine(root, part, name, $"{image}.png"), 20 + image, 20, (colour[0], colour[1], colour[2]));
            }
        }
    }

    private static void Write(string path, int width, int height, (int Red, int Green, int Blue) colour)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        byte[] pixel = [(byte)colour.Red, (byte)colour.Green, (byte)colour.Blue];
        byte[] pixels = [.. Enumerable.Range(0, width * height).SelectMany(_ => pixel)];
        using var file = File.Create(path);
        var writer = new ImageWriter();
        switch (Path.GetExtension(path))
        {
            case ".png":
                writer.WritePng(pixels, width, height, ColorComponents.RedGreenBlue, file);
                break;
            case ".jpg":
                writer.WriteJpg(pixels, width, height, ColorComponents.RedGreenBlue, file, 95);
                break;
            default:
                writer.WriteBmp(pixels, width, height, ColorComponents.RedGreenBlue, file);
                break;
        }
    }
}
