using DistillKit.Edge;
using EdgeClassify;

if (args is [] or ["--help"] or ["-h"])
{
    Console.WriteLine(Arguments.Usage);
    return args.Length == 0 ? 2 : 0;
}
try
{
    Classify.Run(Arguments.Parse(args), Console.Out);
    return 0;
}
catch (Exception e) when (e is UsageException or EdgeException)
{
    Console.Error.WriteLine(Classify.Printable(e is UsageException ? $"{e.Message} Try --help." : e.Message));
    return e is UsageException ? 2 : 1;
}
