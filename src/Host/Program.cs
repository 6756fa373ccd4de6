Console.WriteLine("ImsSipFast");
