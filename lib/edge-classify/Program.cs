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
catch (UsageException e)
{
    Console.Error.WriteLine($"{e.Message} Try --help.");
    return 2;
}
catch (EdgeException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
