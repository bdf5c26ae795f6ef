import java.io.IOException;
import java.net.CookieManager;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Signs in over HTTP, without a browser, to the org of `vestibule serve`: as the user with this key, by the client of
 * `vestibule authenticator`. Prints the pages on the way.
 */
public final class SignIn {
    private static final HttpClient HTTP = HttpClient.newBuilder().cookieHandler(new CookieManager())
        .followRedirects(HttpClient.Redirect.ALWAYS).proxy(ProxySelector.getDefault()).build();

    public static void main(String[] arguments) throws Exception {
        String key = arguments[0].toUpperCase();
        String username = System.getenv("VESTIBULE_USERNAME_" + key);
        var authenticator = new VestibuleAuthenticator();
        var first = Map.of("un", username, "pw", System.getenv("VESTIBULE_PASSWORD_" + key));
        var answer = post(URI.create(System.getenv("VESTIBULE_ORG_URL") + "/"), first);
        for (int pages = 0; pages < 4; pages++) {
            String page = answer.body();
            URI url = answer.uri();
            String name = in(page, "<meta name=\"vestibule-page\" content=\"([^\"]+)\"");
            System.out.println(name);
            String origin = url.getScheme() + "://" + url.getAuthority();
            var fields = new LinkedHashMap<String, String>();
            Matcher hidden =
                Pattern.compile("<input type=\"hidden\"[^>]*name=\"([^\"]+)\"[^>]*value=\"([^\"]*)\"").matcher(page);
            while (hidden.find()) fields.put(text(hidden.group(1)), text(hidden.group(2)));
            switch (name) {
                case "verify-totp":
                    fields.put("tc", authenticator.code(username, url.getHost()));
                    break;
                case "create-passkey":
                    fields.put("credential", authenticator.create(username, origin, options(page, "webauthn-create")));
                    break;
                case "verify-passkey":
                    fields.put("credential", authenticator.get(username, origin, options(page, "webauthn-get")));
                    break;
                default:
                    refused(authenticator, username);
                    return;
            }
            answer = post(url.resolve(text(in(page, "<form[^>]*action=\"([^\"]+)\""))), fields);
        }
    }

    private static void refused(VestibuleAuthenticator authenticator, String username) throws InterruptedException {
        try {
            authenticator.code(username, "elsewhere.example");
        } catch (IOException error) {
            System.out.println(in(error.getMessage(), "\"error\":\"([^\"]+)\""));
        }
    }

    private static HttpResponse<String> post(URI url, Map<String, String> fields)
        throws IOException, InterruptedException {
        String body = fields.entrySet().stream().map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
            .collect(Collectors.joining("&"));
        var request = HttpRequest.newBuilder(url).header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(body));
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private static String options(String page, String id) {
        return in(page, "(?s)<script type=\"application/json\" id=\"" + id + "\">(.*?)</script>");
    }

    private static String in(String text, String pattern) {
        Matcher found = Pattern.compile(pattern).matcher(text);
        if (!found.find()) throw new IllegalStateException("no " + pattern + " in " + text);
        return found.group(1);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String text(String html) {
        return html.replace("&#38;", "&").replace("&#34;", "\"").replace("&quot;", "\"").replace("&amp;", "&");
    }
}
