namespace Microsoft.ML.OnnxRuntime.Tests;

public sealed class MistakeTests
{
    [RuntimeFact]
    public void Unknown_names_are_named()
    {
        using var session = Model.Load("classifier");
        using var images = Model.Value(1);
        using var run = new RunOptions();
        var input = Assert.Throws<OnnxRuntimeException>(() => session.Run(run, new Dictionary<string, OrtValue> { ["pictures"] = images }, ["logits"]));
        Assert.StartsWith("[ErrorCode:InvalidArgument] ", input.Message);
        Assert.Contains("'pictures'", input.Message);
        Assert.Contains("'scores'", Assert.Throws<OnnxRuntimeException>(() => session.Run(run, ["images"], [images], ["scores"])).Message);
    }

    [RuntimeFact]
    public void A_missing_input_is_named()
    {
        using var session = Model.Load("two-inputs");
        using var bytes = OrtValue.CreateTensorValueFromMemory(new byte[] { 1 }, [1]);
        using var run = new RunOptions();
        Assert.Contains("doubles", Assert.Throws<OnnxRuntimeException>(() => session.Run(run, ["bytes"], [bytes], ["sum"])).Message);
    }

    [RuntimeFact]
    public void A_wrong_shape_is_refused_with_the_dimensions()
    {
        using var session = Model.Load("classifier");
        using var images = OrtValue.CreateTensorValueFromMemory(new float[12], [1, 2, 3, 2]);
        using var run = new RunOptions();
        var error = Assert.Throws<OnnxRuntimeException>(() => session.Run(run, ["images"], [images], ["logits"]));
        Assert.Contains("Got: 2 Expected: 3", error.Message);
    }

    [RuntimeFact]
    public void A_wrong_element_type_is_refused()
    {
        using var session = Model.Load("classifier");
        using var images = OrtValue.CreateTensorValueFromMemory(new double[12], Model.Shape(1));
        using var run = new RunOptions();
        Assert.Contains("tensor(double)", Assert.Throws<OnnxRuntimeException>(() => session.Run(run, ["images"], [images], ["logits"])).Message);
    }

    [RuntimeFact]
    public void An_output_of_the_wrong_shape_is_refused()
    {
        using var session = Model.Load("classifier");
        using var images = Model.Value(1);
        using var logits = OrtValue.CreateTensorValueFromMemory(new float[12], [3, 4]);
        using var run = new RunOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        Assert.Throws<OnnxRuntimeException>(() => session.Run(run, ["images"], [images], ["logits"], [logits]));
    }

    [RuntimeFact]
    public void As_many_names_as_values_are_needed()
    {
        using var session = Model.Load("classifier");
        using var images = Model.Value(1);
        using var run = new RunOptions();
        Assert.Throws<ArgumentException>(() => session.Run(run, ["images", "images"], [images], ["logits"]));
        Assert.Throws<ArgumentException>(() => session.Run(run, ["images"], [images], ["logits"], []));
    }

    [RuntimeFact]
    public void A_tensor_needs_memory_for_its_shape()
    {
        Assert.Throws<OnnxRuntimeException>(() => OrtValue.CreateTensorValueFromMemory(new float[11], Model.Shape(1)));
        using var part = OrtValue.CreateTensorValueFromMemory(new float[99], Model.Shape(1));
        Assert.Equal(12, part.GetTensorTypeAndShape().ElementCount);
        Assert.Equal(12, part.GetTensorDataAsSpan<float>().Length);
    }

    [RuntimeFact]
    public void Elements_are_read_as_their_own_type_or_as_bytes()
    {
        using var value = Model.Value(1);
        Assert.Throws<OnnxRuntimeException>(() => value.GetTensorDataAsSpan<int>().Length);
        Assert.Equal(48, value.GetTensorDataAsSpan<byte>().Length);
        Assert.Throws<OnnxRuntimeException>(() => OrtValue.CreateTensorValueFromMemory(new Guid[1], [1]));
    }
}
