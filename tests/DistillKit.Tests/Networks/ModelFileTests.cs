using DistillKit.Data;
using DistillKit.Files;
using DistillKit.Networks;
using static TorchSharp.torch;

namespace DistillKit.Tests.Networks;

public sealed class ModelFileTests : IDisposable
{
    private static readonly ModelSpec Spec = new ResNetSpec { Blocks = [1, 1], Width = 0.125 };

    private readonly TemporaryFolder folder = new();
    private readonly IDisposable scope = NewDisposeScope();

    public void Dispose()
    {
        scope.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void A_network_round_trips_with_its_provenance()
    {
        var model = Spec.Build();
        model.call(rand(4, 3, 8, 8));
        var info = new ModelInfo
        {
            Spec = Spec,
            Recipe = "{}",
            Seed = 7,
            Engine = "libtorch",
            Date = DateTimeOffset.UnixEpoch,
            Accuracy = 0.1 + 0.2
        };
        ModelFile.Save(folder["m"], model, info);

        var (loaded, read) = ModelFile.Load(folder["m"]);
        Assert.Equal(Spec.ToJson(), read.Spec.ToJson());
        Assert.Equal(info with { Spec = read.Spec }, read);
        model.eval();
        loaded.eval();
        var images = rand(2, 3, 8, 8);
        Assert.True(model.call(images).eq(loaded.call(images)).all().item<bool>());
        Assert.Equal(1, loaded.state_dict()["bn1.num_batches_tracked"].item<long>());
    }

    [Fact]
    public void A_file_of_another_architecture_is_refused_with_the_first_differences()
    {
        ModelFile.Save(folder["m"], Spec.Build(), new() { Spec = Spec });
        using var other = new ResNetSpec { Blocks = [1, 1, 1], Width = 0.125 }.Build();
        var before = other.state_dict()["conv1.weight"].clone();
        var error = Assert.Throws<UserException>(() => ModelFile.LoadInto(folder["m"], other));
        Assert.Contains("layer3.0.conv1.weight is missing", error.Message);
        Assert.Matches("and [0-9]+ more", error.Message);
        Assert.DoesNotContain('\n', error.Message);
        Assert.True(before.eq(other.state_dict()["conv1.weight"]).all().item<bool>());
    }

    [Fact]
    public void Another_number_of_classes_is_named_as_such()
    {
        ModelFile.Save(folder["m"], Spec.Build(), new() { Spec = Spec });
        using var other = (Spec with { Classes = 100 }).Build();
        Assert.Contains(
            "only fc.weight and fc.bias differ: they are of 10 classes rather than 100; give the network \"classes\": 10",
            Assert.Throws<UserException>(() => ModelFile.LoadInto(folder["m"], other)).Message);
    }

    [Theory]
    [InlineData("module.", "every name in it begins with 'module.', as torch.nn.DataParallel writes them")]
    [InlineData("_orig_mod.", "every name in it begins with '_orig_mod.', as torch.compile writes them")]
    [InlineData("backbone.", "every name in it begins with 'backbone.': save the state of the network inside")]
    public void Names_behind_another_name_are_recognized(string prefix, string reason)
    {
        Safetensors.Save(folder["m"], Spec.Build().state_dict().ToDictionary(entry => prefix + entry.Key, entry => entry.Value));
        using var model = Spec.Build();
        Assert.Contains(reason, Assert.Throws<UserException>(() => ModelFile.LoadInto(folder["m"], model)).Message);
    }

    [Fact]
    public void A_file_of_another_network_is_named_as_such()
    {
        Safetensors.Save(folder["m"], new Dictionary<string, Tensor> { ["encoder.weight"] = rand(2, 2), ["fc.weight"] = rand(10, 16) });
        using var model = Spec.Build();
        Assert.Contains(
            "names are the same (it holds encoder.weight, fc.weight",
            Assert.Throws<UserException>(() => ModelFile.LoadInto(folder["m"], model)).Message);
        var mobile = new MobileNetV2Spec { Width = 0.125 };
        ModelFile.Save(folder["m"], mobile.Build(), new() { Spec = mobile });
        Assert.Contains(
            "It says that it is of {\"family\":\"mobilenetv2\"",
            Assert.Throws<UserException>(() => ModelFile.LoadInto(folder["m"], model)).Message);
    }

    [Fact]
    public void Counters_of_one_element_load()
    {
        var tensors = Spec.Build().state_dict();
        tensors["bn1.num_batches_tracked"] = full([1], 5, ScalarType.Int64);
        Safetensors.Save(folder["m"], tensors);
        using var model = Spec.Build();
        ModelFile.LoadInto(folder["m"], model);
        Assert.Equal(5, model.state_dict()["bn1.num_batches_tracked"].item<long>());
    }

    [Fact]
    public void What_the_network_expects_of_images_is_read_back()
    {
        string[] names = [.. Enumerable.Range(0, 10).Select(index => $"class {index}, or so")];
        var input = new ModelInput(new([0.5f, 0.25f, 0.1f], [0.2f, 0.3f, 0.1f]), names);
        ModelFile.Save(folder["m"], Spec.Build(), new() { Spec = Spec, Input = input });
        var read = ModelFile.Load(folder["m"]).Info.Input;
        Assert.Equal(input.Normalization!.Mean, read.Normalization!.Mean);
        Assert.Equal(input.Normalization.Deviation, read.Normalization.Deviation);
        Assert.Equal(input.ClassNames, read.ClassNames);
        Assert.Equal(new ModelInput(), ModelInput.FromMetadata(new Dictionary<string, string>(), 10));
    }

    [Theory]
    [InlineData("mean", "0.5,0.5", "The file's mean must be 3 numbers, but is '0.5,0.5'")]
    [InlineData("deviation", "0.2,0,0.2", "each deviation above 0")]
    [InlineData("deviation", "0.2,NaN,0.2", "The file's deviation must be 3 numbers")]
    [InlineData("classes", "cat,dog", "The file names 2 classes, but its network has 3")]
    [InlineData("classes", "[cat", "The file's classes are not a list of names")]
    [InlineData("classes", "[\"cat\", null, \"dog\"]", "The file's classes are not a list of names")]
    public void A_broken_description_of_the_input_is_refused(string key, string value, string reason)
    {
        var metadata = new ModelInput(new([0, 0, 0], [1, 1, 1]), ["a", "b", "c"]).ToMetadata();
        metadata[key] = value;
        Assert.Contains(reason, Assert.Throws<UserException>(() => ModelInput.FromMetadata(metadata, 3)).Message);
    }

    [Fact]
    public void A_file_of_torchvision_without_batch_counters_loads()
    {
        var tensors = Spec.Build().state_dict().Where(entry => !entry.Key.EndsWith("num_batches_tracked")).ToDictionary();
        Safetensors.Save(folder["m"], tensors);
        using var model = Spec.Build();
        Assert.Null(ModelFile.LoadInto(folder["m"], model));
        Assert.True(tensors["fc.weight"].eq(model.state_dict()["fc.weight"]).all().item<bool>());
    }

    [Fact]
    public void Half_precision_weights_load_into_float32()
    {
        using var original = Spec.Build();
        ModelFile.Save(folder["whole"], original, new() { Spec = Spec });
        ModelFile.Save(folder["half"], original, new() { Spec = Spec }, ScalarType.Float16);
        using var model = ModelFile.Load(folder["half"]).Model;
        Assert.Equal(ScalarType.Float32, model.state_dict()["fc.weight"].dtype);
        Assert.True(original.state_dict()["fc.weight"].allclose(model.state_dict()["fc.weight"], rtol: 1e-3, atol: 1e-6));
        Assert.True(new FileInfo(folder["half"]).Length < 0.6 * new FileInfo(folder["whole"]).Length);
    }

    [Fact]
    public void Numbers_that_half_precision_cannot_hold_are_refused_with_their_tensor_and_the_largest()
    {
        using var model = Spec.Build();
        using (no_grad()) model.state_dict()["bn1.running_var"][3].fill_(70000);
        var error = Assert.Throws<UserException>(() => ModelFile.Save(folder["m"], model, new() { Spec = Spec }, ScalarType.Float16));
        Assert.Contains("bn1.running_var would hold Infinity, because its largest value is 70000", error.Message);
        Assert.Empty(folder.Names);
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.NegativeInfinity, "-Infinity")]
    public void Numbers_that_are_not_finite_are_neither_written_nor_loaded(float number, string name)
    {
        using var model = Spec.Build();
        var tensors = model.state_dict();
        using (no_grad()) tensors["fc.weight"][1, 2].fill_(number);
        Safetensors.Save(folder["m"], tensors, new ModelInfo { Spec = Spec }.ToMetadata());
        Assert.Contains($"is damaged: fc.weight holds {name}", Assert.Throws<UserException>(() => ModelFile.Load(folder["m"])).Message);
        var error = Assert.Throws<UserException>(() => ModelFile.Save(folder["n"], model, new() { Spec = Spec }));
        Assert.Contains($"fc.weight would hold {name}", error.Message);
    }

    [Theory]
    [InlineData("""{ "family": "resnet", "depth": 152, "width": 8 }""")]
    [InlineData("""{ "family": "mobilenetv2", "width": 8, "classes": 100000 }""")]
    public void A_few_bytes_do_not_ask_for_gigabytes(string spec)
    {
        Safetensors.Save(folder["m"], new Dictionary<string, Tensor>(), new Dictionary<string, string> { ["spec"] = spec });
        var before = Environment.WorkingSet;
        Assert.Contains("more numbers than the file", Assert.Throws<UserException>(() => ModelFile.Load(folder["m"])).Message);
        Assert.Contains(
            "more numbers than the file", Assert.Throws<UserException>(() => ModelFile.LoadAs(folder["m"], ModelSpec.Parse(spec))).Message);
        Assert.InRange(Environment.WorkingSet - before, long.MinValue, 100 << 20);
        Assert.NotNull(Spec.Build());
    }

    [Fact]
    public void A_quantized_weight_is_refused_by_name()
    {
        var tensors = Spec.Build().state_dict();
        tensors["fc.weight"] = tensors["fc.weight"].to(ScalarType.Int8);
        Safetensors.Save(folder["m"], tensors);
        using var model = Spec.Build();
        Assert.Contains("fc.weight is Int8", Assert.Throws<UserException>(() => ModelFile.LoadInto(folder["m"], model)).Message);
    }

    [Fact]
    public void A_file_without_a_spec_names_what_to_do()
    {
        Safetensors.Save(folder["m"], new Dictionary<string, Tensor> { ["t"] = rand(1) });
        Assert.Contains("build the network from a spec", Assert.Throws<UserException>(() => ModelFile.Load(folder["m"])).Message);
    }
}
