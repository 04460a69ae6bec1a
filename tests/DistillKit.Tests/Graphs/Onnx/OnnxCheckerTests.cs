using System.Diagnostics;
using DistillKit.Graphs.Onnx;

namespace DistillKit.Tests.Graphs.Onnx;

/// <summary>ONNX's own checker, in Python.</summary>
public sealed class OnnxCheckerTests
{
    private const string Python = "/usr/bin/python3";

    /// <summary>A test that is skipped on a machine without Python's package onnx.</summary>
    private sealed class CheckerFactAttribute : FactAttribute
    {
        private static readonly Lazy<string?> Missing = new(() =>
            File.Exists(Python) && Run("import importlib.util, sys; sys.exit(importlib.util.find_spec('onnx') is None)").ExitCode == 0
                ? null : $"{Python} has no module onnx");

        public CheckerFactAttribute() => Skip = Missing.Value;
    }

    [CheckerFact]
    public void Files_of_every_kind_are_valid_with_the_shapes_they_state()
    {
        using var folder = new TemporaryFolder();
        var files = new List<string>();
        foreach (var (index, spec) in ((string[])[TestGraphs.ResNet, TestGraphs.MobileNet]).Index())
        {
            foreach (var kind in TestGraphs.Kinds)
            {
                files.Add(folder[$"{index} {kind}.onnx"]);
                OnnxFile.Save(files[^1], TestGraphs.Quantized(spec, kind));
            }
        }
        var check = """
            import sys, onnx
            for path in sys.argv[1:]:
                onnx.checker.check_model(path, full_check=True)
                model = onnx.shape_inference.infer_shapes(onnx.load(path), check_type=True, strict_mode=True, data_prop=True)
                assert [v.name for v in model.graph.input] == ["images"] and [v.name for v in model.graph.output] == ["logits"], path
                assert (model.ir_version, model.opset_import[0].version, len(model.opset_import)) == (8, 17, 1), path
                known = {v.name for v in list(model.graph.value_info) + list(model.graph.output)}
                assert all(output in known for node in model.graph.node for output in node.output), path
                names = [node.name for node in model.graph.node]
                assert len(set(names)) == len(names), path
                used = {name for node in model.graph.node for name in node.input}
                assert all(weight.name in used and weight.HasField("raw_data") for weight in model.graph.initializer), path
            print(len(sys.argv) - 1)
            """;
        var (exitCode, output) = Run(check, files);
        Assert.True(exitCode == 0, output);
        Assert.Equal($"{files.Count}", output.Trim());
    }

    private static (int ExitCode, string Output) Run(string program, params IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Python, ["-c", program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd() + error.Result;
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
