using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.OnnxRuntime.Tests;

public sealed class SessionTests
{
    [RuntimeFact]
    public void Inputs_and_outputs_are_described()
    {
        using var session = Model.Load("three-outputs");
        Assert.Equal(["images"], session.InputNames);
        Assert.Equal(["logits", "means", "labels"], session.OutputNames);
        var images = session.InputMetadata["images"];
        Assert.Equal([-1, 3, 2, 2], images.Dimensions);
        Assert.Equal(["batch", "", "", ""], images.SymbolicDimensions);
        Assert.Equal((typeof(float), TensorElementType.Float), (images.ElementType, images.ElementDataType));
        Assert.True(images.IsTensor);
        Assert.False(images.IsString);
        Assert.Equal(OnnxValueType.ONNX_TYPE_TENSOR, images.OnnxValueType);
        Assert.Equal(typeof(long), session.OutputMetadata["labels"].ElementType);
        Assert.Equal([-1, 4], session.OutputMetadata["logits"].Dimensions);
    }

    [RuntimeFact]
    public void A_file_and_its_bytes_are_the_same_model()
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        var bytes = File.ReadAllBytes(Model.Path("classifier"));
        InferenceSession[] sessions = [new(Model.Path("classifier")), new(Model.Path("classifier"), options), new(bytes), new(bytes, options)];
        foreach (var session in sessions)
        {
            using (session)
            using (var images = Model.Value(2))
            using (var run = new RunOptions())
            using (var outputs = session.Run(run, new Dictionary<string, OrtValue> { ["images"] = images }, session.OutputNames))
                Model.Equal(Model.Logits(2), outputs[0].GetTensorDataAsSpan<float>());
        }
    }

    [RuntimeFact]
    public void A_missing_file_is_said()
    {
        var error = Assert.Throws<OnnxRuntimeException>(() => new InferenceSession(Path.Combine(Path.GetTempPath(), "no-such-model.onnx")));
        Assert.StartsWith("[ErrorCode:NoSuchFile] ", error.Message);
        Assert.Contains("no-such-model.onnx", error.Message);
    }

    [RuntimeFact]
    public void A_truncated_or_foreign_file_is_refused()
    {
        var model = File.ReadAllBytes(Model.Path("classifier"));
        Assert.StartsWith("[ErrorCode:InvalidProtobuf] ", Assert.Throws<OnnxRuntimeException>(() => new InferenceSession(model[..^9])).Message);
        Assert.Throws<OnnxRuntimeException>(() => new InferenceSession("PNG, or so"u8.ToArray()));
        Assert.Throws<OnnxRuntimeException>(() => new InferenceSession([]));
    }

    [RuntimeFact]
    public void A_session_and_its_parts_may_be_disposed_twice()
    {
        var session = Model.Load("classifier");
        var value = Model.Value(1);
        var options = new SessionOptions();
        IDisposable[] parts = [session, value, options, new RunOptions()];
        foreach (var part in parts)
        {
            part.Dispose();
            part.Dispose();
        }
    }

    [RuntimeFact]
    public void Results_outlive_their_session()
    {
        IDisposableReadOnlyCollection<OrtValue> outputs;
        using (var session = Model.Load("classifier"))
        using (var images = Model.Value(1))
        using (var run = new RunOptions())
            outputs = session.Run(run, ["images"], [images], ["logits"]);
        using (outputs)
            Model.Equal(Model.Logits(1), outputs[0].GetTensorDataAsSpan<float>());
    }

    [RuntimeFact]
    public void Options_hold_what_was_set_and_start_with_the_defaults()
    {
        using var options = new SessionOptions();
        Assert.Equal(
            (0, 0, GraphOptimizationLevel.ORT_ENABLE_ALL, ExecutionMode.ORT_SEQUENTIAL, OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING, true, true, "", false),
            (options.IntraOpNumThreads, options.InterOpNumThreads, options.GraphOptimizationLevel, options.ExecutionMode, options.LogSeverityLevel,
                options.EnableMemoryPattern, options.EnableCpuMemArena, options.OptimizedModelFilePath, options.EnableProfiling));
        options.IntraOpNumThreads = 2;
        options.InterOpNumThreads = 3;
        options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL;
        options.ExecutionMode = ExecutionMode.ORT_PARALLEL;
        options.LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR;
        options.EnableMemoryPattern = options.EnableCpuMemArena = false;
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        Assert.Equal(
            (2, 3, GraphOptimizationLevel.ORT_DISABLE_ALL, ExecutionMode.ORT_PARALLEL, OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, false, false),
            (options.IntraOpNumThreads, options.InterOpNumThreads, options.GraphOptimizationLevel, options.ExecutionMode, options.LogSeverityLevel,
                options.EnableMemoryPattern, options.EnableCpuMemArena));
        using var session = new InferenceSession(Model.Path("classifier"), options);
        Assert.Equal(["logits"], session.OutputNames);
    }

    [RuntimeFact]
    public void The_optimized_model_and_the_profile_are_written()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            using var options = new SessionOptions
            {
                OptimizedModelFilePath = Path.Combine(folder, "optimized.onnx"),
                GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_BASIC,
                ProfileOutputPathPrefix = Path.Combine(folder, "profile"),
                EnableProfiling = true,
            };
            using var session = new InferenceSession(Model.Path("classifier"), options);
            using var images = Model.Value(1);
            using var run = new RunOptions();
            session.Run(run, ["images"], [images], ["logits"]).Dispose();
            var profile = session.EndProfiling();
            Assert.StartsWith(Path.Combine(folder, "profile"), profile);
            Assert.Contains("Gemm", File.ReadAllText(profile));
            using var optimized = new InferenceSession(Path.Combine(folder, "optimized.onnx"));
            Assert.Equal(["images"], optimized.InputNames);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [RuntimeFact]
    public void The_environment_knows_its_version_and_has_the_CPU()
    {
        Assert.Matches(@"^1\.\d+\.\d+", OrtEnv.Instance().GetVersionString());
        Assert.Contains("CPUExecutionProvider", OrtEnv.Instance().GetAvailableProviders());
        Assert.Same(OrtEnv.Instance(), OrtEnv.Instance());
    }
}
