Console.WriteLine("distillkit");
