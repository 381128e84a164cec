package dev.penstock.app.cli;

import dev.penstock.app.exit.ExitCode;
import dev.penstock.app.exit.ExitException;
import dev.penstock.model.service.ServicePortRef;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks the admin port of a running instance. */
final class AdminClient {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private AdminClient() {}

    /** What the instance explains, as it writes it. */
    static String explain(
            URI admin,
            @Nullable String url,
            String method,
            List<String> headers,
            @Nullable ServicePortRef service,
            ExplainCommand.Format format) {
        StringBuilder query = new StringBuilder("?format=").append(format);
        if (service != null) {
            query.append("&service=").append(encode(service.toString()));
        } else {
            query.append("&url=").append(encode(String.valueOf(url)));
            query.append("&method=").append(encode(method));
            headers.forEach(header -> query.append("&header=").append(encode(header)));
        }
        return get(admin, "/explain" + query);
    }

    private static String get(URI admin, String pathAndQuery) {
        HttpResponse<String> answer;
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
            answer =
                    client.send(
                            HttpRequest.newBuilder(admin.resolve(pathAndQuery))
                                    .timeout(TIMEOUT)
                                    .build(),
                            BodyHandlers.ofString());
        } catch (IOException e) {
            throw ExitException.failed(
                    "no running instance answers at "
                            + admin
                            + "; give --admin URL, --manifests DIR or --kubeconfig FILE",
                    e);
        } catch (IllegalArgumentException e) {
            throw ExitException.usage(
                    "Invalid value for option '--admin': " + admin + " is no http:// URL");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ExitException.failed("interrupted", e);
        }
        if (answer.statusCode() == 400) {
            throw new ExitException(ExitCode.USAGE, answer.body(), null);
        }
        if (answer.statusCode() != 200) {
            throw ExitException.failed(
                    admin + " answers " + answer.statusCode() + ": is it a Penstock admin port?",
                    null);
        }
        return answer.body();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
