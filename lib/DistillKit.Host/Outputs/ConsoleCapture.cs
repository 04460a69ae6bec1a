using System.Text;

namespace DistillKit.Host.Outputs;

/// <summary>Takes what cells write to <see cref="Console"/>; both streams keep their common order.</summary>
internal sealed class ConsoleCapture : IDisposable
{
    private readonly (TextWriter Out, TextWriter Error, TextReader In) before = (Console.Out, Console.Error, Console.In);

    internal ConsoleCapture(CellOutputs outputs)
    {
        Console.SetOut(new Writer(text => outputs.Stream(isError: false, text)));
        Console.SetError(new Writer(text => outputs.Stream(isError: true, text)));
        // Nobody is there to answer, and the real input tells this process when to stop.
        Console.SetIn(TextReader.Null);
    }

    public void Dispose()
    {
        Console.SetOut(before.Out);
        Console.SetError(before.Error);
        Console.SetIn(before.In);
    }

    private sealed class Writer(Action<string> write) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        [System.Diagnostics.CodeAnalysis.AllowNull]
        public override string NewLine { get; set; } = "\n";

        public override void Write(char value) => write(value.ToString());

        public override void Write(string? value) => write(value ?? "");

        public override void Write(char[] buffer, int index, int count) => write(new(buffer, index, count));

        public override void Write(ReadOnlySpan<char> buffer) => write(new(buffer));

        public override void WriteLine(string? value) => write(value + NewLine);
    }
}
