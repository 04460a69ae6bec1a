using static TorchSharp.torch;

namespace DistillKit.Cli.Commands;

/// <summary>`distillkit export MODEL`: a trained network as an ONNX file in floating point, as text, or as a drawing.</summary>
internal static class ExportCommand
{
    internal static Command Create()
    {
        var file = new Argument<string>("MODEL") { Description = "A trained network (.safetensors), or a .onnx of ours." };
        const string formats = ".onnx, .safetensors (float16, to hand on), .txt (a table of the layers) or .mmd (Mermaid)";
        var output = Options.Output($"The file to write: {formats}. [default: MODEL with the ending .onnx]");
        var profile = Options.Profile("Whose images the network takes: ");
        var command = new Command("export", "Write a network as an ONNX file, in half the size, as text or as a drawing.")
        {
            file, output, profile,
        };
        command.SetAction(arguments =>
        {
            var path = arguments.GetValue(file)!;
            var target = Outputs.Of(arguments.GetValue(output), path, ".onnx", arguments.GetValue(profile));
            if (Path.GetExtension(target) == ".safetensors") SaveHalf(path, target);
            else Save(path, target, arguments.GetValue(profile)!);
        });
        return command;
    }

    private static void Save(string path, string target, string profile)
    {
        var graph = ModelArgument.IsOnnx(path) ? OnnxFile.Load(path) : Trained(path, Profile.Load(profile));
        switch (Path.GetExtension(target))
        {
            case ".onnx":
                OnnxFile.Save(target, graph);
                break;
            case ".txt":
                AtomicFile.WriteText(target, graph.ToText());
                break;
            case ".mmd":
                AtomicFile.WriteText(target, graph.ToMermaid());
                break;
            case var other:
                throw new UserException($"No format ends in '{other}': --output has to end in .onnx, .safetensors, .txt or .mmd.");
        }
        var content = $"{Terminal.Count(graph.Layers.Count(), "layer")}, {graph.MultiplyAccumulates / 1e6:f1} M multiply-accumulates";
        Console.WriteLine($"{target}: {new FileInfo(target).Length / 1e6:f2} MB, {content}");
    }

    private static void SaveHalf(string path, string target)
    {
        if (ModelArgument.IsOnnx(path))
            throw new UserException($"{path} has no trainable weights to write: export the .safetensors file that it was made from.");
        var (model, info) = ModelFile.Load(path);
        using (model) ModelFile.Save(target, model, info, ScalarType.Float16);
        Console.WriteLine($"{target}: {new FileInfo(target).Length / 1e6:f2} MB in float16");
    }

    // With what the file says about its images, else what the profile's images are.
    private static Graph Trained(string path, Profile profile)
    {
        var (graph, input) = ModelArgument.Load(path, profile.Data.ImageSize);
        if (input is { Normalization: not null, ClassNames: not null }) return graph.With(input.ToMetadata());
        var (normalization, names) = (Cifar10.Normalization, Cifar10.ClassNames);
        if (profile.Data.Source != DataSource.Cifar10)
        {
            var images = profile.Data.Load(folder: null, profile.Seed);
            (normalization, names) = (images.Normalization, images.Training.ClassNames);
        }
        return graph.With(new ModelInput(input.Normalization ?? normalization, input.ClassNames ?? names).ToMetadata());
    }
}
