import java.io.File;
import java.lang.reflect.Constructor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Compiles the programs of a folder, each in its package, and runs those that a file lists with the flag's value. */
public class Runner {
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        List<String> jobs = Files.readAllLines(folder.resolve("jobs"));
        Map<String, String> wrong = compiled(folder, jobs);
        StringBuilder out = new StringBuilder();
        try (var loader = new java.net.URLClassLoader(new java.net.URL[] {folder.toUri().toURL()})) {
            for (String job : jobs) {
                String[] parts = job.split(" ");
                out.append('#').append(job).append('\n');
                String error = wrong.get(parts[0]);
                for (String line : error != null ? List.of(error) : trace(loader, parts[0], parts[1].equals("1"))) {
                    out.append(' ').append(line).append('\n');
                }
            }
        }
        Files.writeString(folder.resolve("traces"), out);
    }

    private static List<String> trace(ClassLoader loader, String name, boolean value) throws Exception {
        Rt.start(value);
        try {
            Class<?> kind = loader.loadClass(name + ".Program");
            Constructor<?> maker = kind.getConstructors()[0];
            Object made = maker.getParameterCount() == 0 ? maker.newInstance() : maker.newInstance(Rt.client());
            kind.getMethod("run").invoke(made);
        } catch (ReflectiveOperationException error) {
            Rt.note("uncaught " + (error.getCause() == null ? error : error.getCause()));
        }
        return Rt.seen();
    }

    private static Map<String, String> compiled(Path folder, List<String> jobs) throws Exception {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        Map<String, String> wrong = new TreeMap<>();
        for (int round = 0; round < 20; round++) {
            List<File> sources = new ArrayList<>();
            for (String job : jobs) {
                String name = job.split(" ")[0];
                File source = folder.resolve(name).resolve("Program.java").toFile();
                if (!wrong.containsKey(name) && !sources.contains(source)) {
                    sources.add(source);
                }
            }
            DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
            try (StandardJavaFileManager files = compiler.getStandardFileManager(said, null, null)) {
                List<String> options = List.of("-proc:none", "-nowarn", "-d", folder.toString(), "-cp", folder.toString());
                var units = files.getJavaFileObjectsFromFiles(sources);
                if (compiler.getTask(null, files, said, options, null, units).call()) {
                    return wrong;
                }
            }
            for (Diagnostic<? extends JavaFileObject> each : said.getDiagnostics()) {
                if (each.getKind() == Diagnostic.Kind.ERROR) {
                    String name = Path.of(each.getSource().toUri()).getParent().getFileName().toString();
                    wrong.putIfAbsent(name, "does not compile: " + each.getMessage(null).replace('\n', ' '));
                }
            }
        }
        throw new IllegalStateException("the programs do not compile");
    }
}
