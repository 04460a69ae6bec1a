return await DistillKit.Cli.CommandLine.RunAsync(args, Console.Out, Console.Error);
