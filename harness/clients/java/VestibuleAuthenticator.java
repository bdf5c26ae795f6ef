import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.regex.Pattern;

/** A client of `vestibule authenticator`: TOTP codes and passkeys for HTTP tests. Java 11 or newer; JSON stays text. */
public final class VestibuleAuthenticator {
    private static final Pattern CODE = Pattern.compile("\"code\"\\s*:\\s*\"(\\d+)\"");
    // It is on this machine, so no proxy leads to it.
    private final HttpClient http = HttpClient.newBuilder().proxy(HttpClient.Builder.NO_PROXY).build();
    private final String url;
    private final String token;

    /** The authenticator that started this program. */
    public VestibuleAuthenticator() {
        this(System.getenv("VESTIBULE_AUTHENTICATOR_URL"), System.getenv("VESTIBULE_AUTHENTICATOR_TOKEN"));
    }

    public VestibuleAuthenticator(String url, String token) {
        this.url = url.replaceAll("/$", "");
        this.token = token;
    }

    /** A TOTP code that is given to nobody else; waits for one if need be. */
    public String code(String user, String host) throws IOException, InterruptedException {
        String body = "{\"user\":" + text(user) + ",\"host\":" + text(host) + ",\"wait\":true}";
        var found = CODE.matcher(ask("/totp", body));
        if (!found.find()) throw new IOException("the authenticator gave no code");
        return found.group(1);
    }

    /** `navigator.credentials.create()`: options of the site to `RegistrationResponseJSON`, both as JSON. */
    public String create(String user, String origin, String options) throws IOException, InterruptedException {
        return ask("/webauthn/create", ceremony(user, origin, options));
    }

    /** `navigator.credentials.get()`: options of the site to `AuthenticationResponseJSON`, both as JSON. */
    public String get(String user, String origin, String options) throws IOException, InterruptedException {
        return ask("/webauthn/get", ceremony(user, origin, options));
    }

    private static String ceremony(String user, String origin, String options) {
        return "{\"user\":" + text(user) + ",\"origin\":" + text(origin) + ",\"options\":" + options + "}";
    }

    private static String text(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    private String ask(String path, String body) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(url + path)).header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body));
        var answer = http.send(request.build(), BodyHandlers.ofString());
        if (answer.statusCode() != 200) throw new IOException(answer.statusCode() + " " + answer.body());
        return answer.body();
    }
}
