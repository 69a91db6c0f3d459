// Is this request the registry's? Standard Webhooks 1.0: v1 (HMAC-SHA256) and v1a (Ed25519), over the raw body.
// Java 17 or later, no library. Test it with vectors.json.

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

public final class Verify {
    private static final long TOLERANCE = 300; // seconds, either way
    // What stands before the 32 bytes of a public key (RFC 8410).
    private static final byte[] ED25519 = HexFormat.of().parseHex("302a300506032b6570032100");

    /** Answer 401 and keep nothing. */
    public static final class NotGenuine extends Exception {
        public NotGenuine(String reason) {
            super(reason);
        }
    }

    /** One check of one signature with one key. */
    private interface Check {
        boolean holds(String key, byte[] signed, byte[] value) throws GeneralSecurityException;
    }

    /**
     * Returns only if the request is genuine and meant for this endpoint; parse the body afterwards. Header names in
     * lower case; the body as it came. While keys are being changed, give the old and the new ones.
     */
    public static void verify(Map<String, String> headers, byte[] body, List<String> secrets, List<String> publicKeys,
            String endpoint, long now) throws NotGenuine {
        verifySignature(headers, body, secrets, publicKeys, now);
        // Java has no JSON parser of its own. Comparing text is exact here: the body is canonical JSON, and within a
        // text every quotation mark is escaped. With a parser, compare data.endpoint, or in a message of
        // monitoring, which employers get, endpoint.
        if (!new String(body, StandardCharsets.UTF_8).contains("\"endpoint\":\"" + endpoint + "\"")) {
            throw new NotGenuine("it is meant for another endpoint");
        }
    }

    public static void verifySignature(Map<String, String> headers, byte[] body, List<String> secrets,
            List<String> publicKeys, long now) throws NotGenuine {
        String id = headers.getOrDefault("webhook-id", "");
        String timestamp = headers.getOrDefault("webhook-timestamp", "");
        // A dot in the id would let id, time and body be cut in another way.
        if (!id.matches("[A-Za-z0-9_-]{1,128}")) {
            throw new NotGenuine("webhook-id is missing or malformed");
        }
        if (!timestamp.matches("[0-9]{1,12}")) {
            throw new NotGenuine("webhook-timestamp is missing or malformed");
        }
        if (Math.abs(now - Long.parseLong(timestamp)) > TOLERANCE) {
            throw new NotGenuine("more than five minutes off");
        }
        if (secrets.isEmpty() && publicKeys.isEmpty()) {
            throw new NotGenuine("no key is held");
        }
        byte[] signed = joined((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8), body);
        String[] entries = headers.getOrDefault("webhook-signature", "").split(" ");
        if (!secrets.isEmpty() && !anyHolds(secrets, "v1,", entries, signed, Verify::macHolds)) {
            throw new NotGenuine("no v1 signature holds");
        }
        if (!publicKeys.isEmpty() && !anyHolds(publicKeys, "v1a,", entries, signed, Verify::signatureHolds)) {
            throw new NotGenuine("no v1a signature holds");
        }
    }

    private static boolean anyHolds(List<String> keys, String version, String[] entries, byte[] signed, Check check) {
        for (String key : keys) {
            for (String entry : entries) {
                try {
                    if (entry.startsWith(version)
                            && check.holds(key, signed, decoded(entry.substring(version.length())))) {
                        return true;
                    }
                } catch (GeneralSecurityException | IllegalArgumentException malformed) {
                    // Not base64, or no signature at all: it does not hold.
                }
            }
        }
        return false;
    }

    private static boolean macHolds(String secret, byte[] signed, byte[] value) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(decoded(secret.replaceFirst("^whsec_", "")), "HmacSHA256"));
        return MessageDigest.isEqual(mac.doFinal(signed), value);
    }

    private static boolean signatureHolds(String key, byte[] signed, byte[] value) throws GeneralSecurityException {
        byte[] encoded = joined(ED25519, decoded(key.replaceFirst("^whpk_", "")));
        Signature signature = Signature.getInstance("Ed25519");
        signature.initVerify(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded)));
        signature.update(signed);
        return signature.verify(value);
    }

    private static byte[] decoded(String text) {
        return Base64.getDecoder().decode(text);
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private Verify() {}
}
