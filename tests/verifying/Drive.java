// Asks docs/verify/Verify.java; see asking.py for the lines.

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

public final class Drive {
    public static void main(String[] arguments) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            System.out.println(judged(line.split("\t", -1)));
        }
    }

    private static String judged(String[] fields) {
        Map<String, String> headers = new HashMap<>();
        String[] names = {"webhook-id", "webhook-timestamp", "webhook-signature"};
        for (int place = 0; place < names.length; place++) {
            if (!fields[place].equals("-")) {
                headers.put(names[place], text(fields[place]));
            }
        }
        byte[] body = Base64.getDecoder().decode(fields[3]);
        long now = Long.parseLong(text(fields[7]));
        try {
            if (fields[6].equals("-")) {
                Verify.verifySignature(headers, body, words(fields[4]), words(fields[5]), now);
            } else {
                Verify.verify(headers, body, words(fields[4]), words(fields[5]), text(fields[6]), now);
            }
        } catch (Verify.NotGenuine refusal) {
            return "refused " + refusal.getMessage();
        }
        return "accepted";
    }

    private static List<String> words(String field) {
        String words = text(field);
        return words.isEmpty() ? List.of() : List.of(words.split(" "));
    }

    private static String text(String field) {
        return new String(Base64.getDecoder().decode(field));
    }
}
