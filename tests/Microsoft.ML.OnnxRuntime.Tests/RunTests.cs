using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.OnnxRuntime.Tests;

public sealed class RunTests
{
    [RuntimeFact]
    public void Any_batch_runs()
    {
        using var session = Model.Load("classifier");
        using var run = new RunOptions();
        foreach (var count in new[] { 1, 3, 2, 64 })
        {
            using var images = Model.Value(count);
            using var outputs = session.Run(run, new Dictionary<string, OrtValue> { ["images"] = images }, ["logits"]);
            var type = outputs[0].GetTensorTypeAndShape();
            Assert.Equal([count, 4], type.Shape);
            Assert.Equal((2, 4L * count, TensorElementType.Float), (type.DimensionsCount, type.ElementCount, type.ElementDataType));
            Model.Equal(Model.Logits(count), outputs[0].GetTensorDataAsSpan<float>());
        }
    }

    [RuntimeFact]
    public void Outputs_come_in_the_order_asked_for()
    {
        using var session = Model.Load("three-outputs");
        using var images = Model.Value(2);
        using var run = new RunOptions();
        using var outputs = session.Run(run, ["images"], [images], ["labels", "means"]);
        Assert.Equal(2, outputs.Count);
        Assert.Equal(Model.Labels(2), outputs[0].GetTensorDataAsSpan<long>().ToArray());
        Model.Equal(Model.Means(2), outputs[1].GetTensorDataAsSpan<float>());
    }

    [RuntimeFact]
    public void Outputs_are_written_into_given_memory()
    {
        using var session = Model.Load("three-outputs");
        using var images = Model.Value(2);
        var (logits, labels) = (new float[8], new long[2]);
        using var first = OrtValue.CreateTensorValueFromMemory(logits, [2, 4]);
        using var second = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, labels.AsMemory(), [2]);
        session.Run(null, ["images"], [images], ["logits", "labels"], [first, second]);
        Model.Equal(Model.Logits(2), logits);
        Assert.Equal(Model.Labels(2), labels);
    }

    [RuntimeFact]
    public void Inputs_are_read_anew_from_their_memory()
    {
        using var session = Model.Load("classifier");
        var pixels = new float[Model.ImageLength];
        using var images = OrtValue.CreateTensorValueFromMemory(pixels, Model.Shape(1));
        using var run = new RunOptions();
        using (var outputs = session.Run(run, ["images"], [images], ["logits"]))
            Model.Equal([0, 1, 2, 3], outputs[0].GetTensorDataAsSpan<float>());
        Model.Images(1).CopyTo(pixels, 0);
        using (var outputs = session.Run(run, ["images"], [images], ["logits"]))
            Model.Equal(Model.Logits(1), outputs[0].GetTensorDataAsSpan<float>());
        images.GetTensorMutableDataAsSpan<float>().Clear();
        Assert.All(pixels, pixel => Assert.Equal(0, pixel));
    }

    [RuntimeFact]
    public void Several_inputs_of_other_types_run()
    {
        using var session = Model.Load("two-inputs");
        using var bytes = OrtValue.CreateTensorValueFromMemory(new byte[] { 0, 1, 255 }, [3]);
        using var doubles = OrtValue.CreateTensorValueFromMemory(new double[] { 0.5, -1, 2 }, [3]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, new Dictionary<string, OrtValue> { ["doubles"] = doubles, ["bytes"] = bytes }, session.OutputNames);
        Assert.Equal([0.5, 0, 257], outputs[0].GetTensorDataAsSpan<double>().ToArray());
        Assert.Equal([false, true, true], outputs[1].GetTensorDataAsSpan<bool>().ToArray());
    }

    [RuntimeFact]
    public void Threads_may_share_a_session()
    {
        using var session = Model.Load("classifier");
        Parallel.For(1, 33, count =>
        {
            using var images = Model.Value(count);
            using var run = new RunOptions();
            for (var i = 0; i < 20; i++)
            {
                using var outputs = session.Run(run, ["images"], [images], ["logits"]);
                Model.Equal(Model.Logits(count), outputs[0].GetTensorDataAsSpan<float>());
            }
        });
    }

    [RuntimeFact]
    public void A_terminated_run_fails_until_the_flag_is_taken_back()
    {
        using var session = Model.Load("classifier");
        using var images = Model.Value(1);
        using var run = new RunOptions { Terminate = true, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        Assert.Throws<OnnxRuntimeException>(() => session.Run(run, ["images"], [images], ["logits"]));
        run.Terminate = false;
        session.Run(run, ["images"], [images], ["logits"]).Dispose();
    }
}
