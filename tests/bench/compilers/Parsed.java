import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;
import com.sun.source.util.JavacTask;

/** Prints "path: message" for each syntax error of the given files. */
class Parsed {
    public static void main(String[] paths) throws Exception {
        var compiler = ToolProvider.getSystemJavaCompiler();
        var manager = compiler.getStandardFileManager(null, null, null);
        for (String path : paths) {
            var found = new DiagnosticCollector<JavaFileObject>();
            var files = manager.getJavaFileObjects(Path.of(path));
            ((JavacTask) compiler.getTask(new StringWriter(), manager, found, List.of("-proc:none"), null, files)).parse();
            for (var each : found.getDiagnostics()) {
                if (each.getKind() == javax.tools.Diagnostic.Kind.ERROR) {
                    System.out.println(path + ": " + each.getMessage(null).replace('\n', ' '));
                }
            }
        }
    }
}
