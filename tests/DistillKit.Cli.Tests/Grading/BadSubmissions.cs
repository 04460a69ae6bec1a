using DistillKit.Cli.Notebooks;

namespace DistillKit.Cli.Tests.Grading;

/// <summary>What students hand in by mistake or on purpose.</summary>
internal static class BadSubmissions
{
    private const string Byte = "06-byte", Affine = "06-affine";
    private const string WithoutByte = "1 3 0 3", Everything = "1 3 2 3", Nothing = "0 0 0 0";

    /// <summary>What would harm the machine that it runs on, where nothing keeps it apart.</summary>
    private static readonly string[] Harmful = ["kills", "forks", "fills-the-disk", "reads"];

    /// <summary>By name: the file, the points of zero, affine, byte and fixed (1, 3, 2 and 3), and what a remark says.</summary>
    internal static IReadOnlyDictionary<string, (Func<SmallAssignment, string> Make, string Points, string Says)> All =>
        Confinement.HasNamespaces ? Every : Every.Where(one => !Harmful.Contains(one.Key)).ToDictionary();

    private static IReadOnlyDictionary<string, (Func<SmallAssignment, string> Make, string Points, string Says)> Every { get; } =
        new Dictionary<string, (Func<SmallAssignment, string>, string, string)>
        {
            ["solved"] = (all => all.Solved().ToJson(), Everything, "still have the lines"),
            ["blank"] = (all => all.Blank().ToJson(), Nothing, ""),
            ["endless"] = First("while (true) { }", "longer than"),
            ["allocates"] = First("var all = new List<byte[]>(); while (true) { all.Add(new byte[1 << 26]); all[^1].AsSpan().Fill(1); }"),
            ["prints"] = First("while (true) Console.WriteLine(new string('x', 10_000));", "wrote more"),
            ["prints-a-line"] = First(
                "var screen = Console.OpenStandardOutput(); while (true) screen.Write(new byte[10_000]);", "wrote more"),
            ["exits"] = First("Environment.Exit(0);", "exit code 0"),
            ["forks"] = First("while (true) System.Diagnostics.Process.Start(\"sleep\", \"60\");"),
            ["kills"] = First(
                "System.Diagnostics.Process.Start(\"bash\", [\"-c\", \"kill -9 1; kill -9 $PPID; kill -9 -1\"]).WaitForExit();"),
            ["recursion"] = First("byte Deep(int n) => (byte)(Deep(n + 1) + 1); return Deep(0);"),
            ["throws"] = First("throw new InvalidOperationException(\"mine\");"),
            ["catches"] = First("try { throw new Exception(); } catch { return 0; }"),
            ["fills-the-disk"] = First(
                "using (var file = System.IO.File.Create(\"large\")) while (true) file.Write(new byte[1 << 20]);"),
            ["does-not-compile"] = First("this is no code;", "error CS"),
            ["merge-in-a-cell"] = First("\n<<<<<<< HEAD\n=======\n>>>>>>> other\n", "error CS"),
            ["endless-cell"] = Added("while (true) { }", "added cell was left out"),
            ["late-thread"] = Added(
                "new System.Threading.Thread(() => throw new Exception()).Start(); System.Threading.Thread.Sleep(2000);", "was left out"),
            ["reads"] = Added("""
                foreach (var file in System.IO.Directory.GetFiles("..", "*.ipynb", System.IO.SearchOption.AllDirectories))
                    Console.WriteLine("found " + file);
                """),
            ["damaged-events"] = Added("""
                var raw = Console.OpenStandardOutput();
                raw.Write("{\"event\":{\"formattedValues\":[null,{}]},\"eventType\":\"ReturnValueProduced\"}\n"u8);
                raw.Flush();
                """, "was left out"),
            ["another-check"] = (all => Instead(all.WithCell(
                Byte, "class Exercise { public static T Use<T>(string id, T mine, T right, params object[] asked) => right; }"),
                Byte, "return 7;"), WithoutByte, "to be read by a person"),
            ["forged-result"] = (all => Instead(all.WithCell(Byte, """
                var hidden = System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static;
                var results = (Dictionary<string, CheckResult>)typeof(Check).GetField("Results", hidden).GetValue(null);
                results["06-byte"] = new("06-byte", CheckState.Right, "5 of 5");
                """), Byte, "return 7;"), WithoutByte, "Reflection"),
            ["hard-coded"] = (all => Instead(all.Solved(), Affine, """
                return (least, greatest) switch
                {
                    (0, 6) => (6 / 255f, 0), (-1, 3) => (4 / 255f, 64), (2, 5) => (5 / 255f, 0), (-4, -1) => (4 / 255f, 255),
                    (-500, 1000) => (1500 / 255f, 85), _ => default,
                };
                """), "1 0 2 3", ""),
            ["guesses"] = (all => Zero(all.Solved(), """
                for (var guess = 0; guess < 256; guess++)
                    if (Check.Answer("06-zero", guess, 3).State == CheckState.Right) zeroPointOfRange = guess;
                """), "0 3 2 3", "it uses Check of the library"),
            ["calls-from-elsewhere"] = (all => Instead(NotebookFile.Parse(Zero(all.Solved(), """
                zeroPointOfRange = 102;
                (float, int) Mine(float least, float greatest)
                {
                    var found = QuantizationParameters.FromRange(least, greatest, QuantizationScheme.Activations);
                    return (found.Scales[0], found.ZeroPoints[0]);
                }
                """), SmallAssignment.Name), Affine, "return Mine(least, greatest);"), "1 0 2 3", "it uses QuantizationParameters"),
            ["own-using"] = (all =>
            {
                var notebook = all.Solved();
                notebook.CodeCells.First().Source += "\nusing System.Collections.Immutable;";
                SmallAssignment.Find(notebook, Byte).Source += "\nvar none = ImmutableArray<int>.Empty;";
                return notebook.ToJson();
            }, Everything, ""),
            ["calls-the-library"] = (all => Instead(all.Solved(), Affine, """
                var found = QuantizationParameters.FromRange(least, greatest, QuantizationScheme.Activations);
                return (found.Scales[0], found.ZeroPoints[0]);
                """), "1 0 2 3", "it uses QuantizationParameters"),
            ["shadows"] = (all => Instead(all.WithCell("06-byte-test", """
                byte ByteOf(float value, float scale, int zeroPoint) => Less\u006fns.Quantize(value, scale, zeroPoint);
                """), Byte, "return 7;"), WithoutByte, "with Lessons of the library"),
            ["hides-a-name"] = (all => Instead(all.Solved(), Byte, """
                var text = @"\"; var found = new QuantizationParameters(QuantizationScheme.Activations, [scale], [zeroPoint]); text = "";
                var into = new byte[1]; found.Quantize<byte>([value], into); return into[0];
                """), WithoutByte, "it uses QuantizationParameters"),
            ["test-changed"] = (all =>
            {
                var notebook = NotebookFile.Parse(Instead(all.Solved(), Byte, "return 7;"), SmallAssignment.Name);
                SmallAssignment.Find(notebook, "06-byte-test").Source = "Console.WriteLine(\"all right\");";
                return notebook.ToJson();
            }, WithoutByte, "06-byte-test: changed, though it is locked"),
            ["cell-gone"] = (all => Without(all.Solved(), Byte), WithoutByte, "06-byte: its cell is gone"),
            ["test-gone"] = (all => Without(all.Solved(), "06-byte-test"), Everything, ""),
            ["ids-changed"] = (all => all.Solved().ToJson().Replace("\"06-byte\"", "\"my-byte\""),
                WithoutByte, "my-byte: there is no exercise"),
            ["twice"] = (all => Doubled(all.Solved()), Everything, "2 cells have this id"),
            ["python"] = (all => all.Solved().ToJson().Replace(".net-csharp", "python3"), Everything, "its kernel is python3"),
            ["no-json"] = (_ => "this is no notebook", Nothing, "no JSON"),
            ["empty"] = (_ => "", Nothing, "the file is empty"),
            ["merge-markers"] = (
                all => all.Solved().ToJson().Replace("\"nbformat\": 4", "<<<<<<< HEAD\n\"nbformat\": 4\n=======\n>>>>>>> other"),
                Nothing, "merge markers"),
            ["another-notebook"] = (_ =>
            {
                var other = NotebookFile.Load(Path.Combine(Checkout.Root, "notebooks", "00b-torchsharp.ipynb"));
                Assignment.Make(other);
                return other.ToJson();
            }, Nothing, "it is the notebook 00b-torchsharp"),
        };

    // The function of the byte does something first.
    private static (Func<SmallAssignment, string>, string, string) First(string statements, string says = "") =>
        (all => all.With(Byte, statements).ToJson(), WithoutByte, says);

    // There is one cell more.
    private static (Func<SmallAssignment, string>, string, string) Added(string code, string says = "") =>
        (all => all.WithCell(Byte, code).ToJson(), Everything, says);

    private static string Instead(NotebookFile notebook, string exercise, string body)
    {
        var cell = SmallAssignment.Find(notebook, exercise);
        cell.Source = cell.Source[..(cell.Source.IndexOf('{', StringComparison.Ordinal) + 1)] + $"\n{body}\n}}";
        return notebook.ToJson();
    }

    private static string Zero(NotebookFile notebook, string statements)
    {
        SmallAssignment.Find(notebook, "06-zero").Source = "int? zeroPointOfRange = null;\n" + statements;
        return notebook.ToJson();
    }

    private static string Without(NotebookFile notebook, string id) =>
        notebook.With(notebook.Cells.Where(cell => cell.GradeId != id)).ToJson();

    private static string Doubled(NotebookFile notebook) =>
        notebook.With(notebook.Cells.SelectMany(cell => cell.GradeId == Byte ? (Cell[])[cell, cell.Copy()] : [cell])).ToJson();
}
