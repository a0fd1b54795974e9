import java.util.ArrayList;
import java.util.List;

/** What the programs are given: a trace, and the client with the flag pinned. */
public class Rt {
    private static boolean value;
    private static List<String> seen = new ArrayList<>();

    static void start(boolean pinned) {
        value = pinned;
        seen = new ArrayList<>();
    }

    static List<String> seen() {
        return seen;
    }

    static io.getunleash.Unleash client() {
        return key -> key.equals("other") || value;
    }

    static void note(String text) {
        if (seen.size() > 5000) {
            throw new StackOverflowError("endless");
        }
        seen.add(text);
    }

    public static void t(Object shown) {
        note(String.valueOf(shown));
    }

    public static boolean f(int mark, boolean given) {
        note("f" + mark);
        return given;
    }
}
