using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;

namespace Unleash
{
    public interface IUnleash
    {
        bool IsEnabled(string toggleName);
    }
}

public class Endless : Exception
{
}

public class Rt : Unleash.IUnleash
{
    public static bool True = true;
    public static bool False = false;
    public static bool Value;
    public static List<string> Seen = new List<string>();

    public bool IsEnabled(string toggleName) => toggleName == "other" || Value;

    public static void Note(string text)
    {
        if (Seen.Count > 5000)
        {
            throw new Endless();
        }
        Seen.Add(text);
    }

    public static void T(object shown) => Note(shown.ToString());

    public static bool F(int mark, bool given)
    {
        Note("f" + mark);
        return given;
    }
}

public class Runner
{
    public static void Main(string[] arguments)
    {
        var all = Assembly.LoadFrom(arguments[1]);
        using (var traces = new StreamWriter(Path.Combine(arguments[0], "traces")))
        {
            foreach (var job in File.ReadAllLines(Path.Combine(arguments[0], "jobs")))
            {
                var parts = job.Split(' ');
                var kind = all.GetType(parts[0] + ".Program");
                Rt.Value = parts[1] == "1";
                Rt.Seen = new List<string>();
                try
                {
                    var maker = kind.GetConstructors()[0];
                    var given = maker.GetParameters().Select(parameter => (object)new Rt()).ToArray();
                    kind.GetMethod("Run").Invoke(maker.Invoke(given), null);
                }
                catch (TargetInvocationException error)
                {
                    Rt.Seen.Add("uncaught " + error.InnerException.GetType());
                }
                traces.WriteLine("#" + job);
                foreach (var line in Rt.Seen)
                {
                    traces.WriteLine(" " + line);
                }
            }
        }
    }
}
