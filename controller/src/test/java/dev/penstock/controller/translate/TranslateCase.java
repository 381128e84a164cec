package dev.penstock.controller.translate;

import dev.penstock.controller.manifest.ManifestReader;
import dev.penstock.controller.state.ClusterState;
import dev.penstock.controller.state.SourceUnavailableException;
import dev.penstock.model.service.ServiceName;
import dev.penstock.model.tls.Certificate;
import dev.penstock.tls.pem.SelfSigned;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One golden case: manifests, with certificates made for {@code CERT[names]} and {@code KEY[names]}
 * and settings in lines {@code # set: name=value …}.
 *
 * @param state the objects
 * @param settings how they are translated
 * @param now the time
 */
record TranslateCase(ClusterState state, TranslatorSettings settings, Instant now) {

    private static final Pattern PEM = Pattern.compile("(CERT|KEY)\\[([^]]*)]");
    private static final Pattern SETTING = Pattern.compile("(?m)^# set: (\\S+)=(\\S+)$");
    private static final Map<String, Certificate> CERTIFICATES = new ConcurrentHashMap<>();

    static TranslateCase read(String name, String manifests, Path directory)
            throws IOException, SourceUnavailableException {
        Files.writeString(directory.resolve(name + ".yaml"), withCertificates(manifests));
        TranslatorSettings settings = TranslatorSettings.MANIFESTS;
        Instant now = Instant.now();
        Matcher setting = SETTING.matcher(manifests);
        while (setting.find()) {
            String value = setting.group(2);
            switch (setting.group(1)) {
                case "now" -> now = now.plus(Duration.ofDays(Long.parseLong(value)));
                case "cluster" ->
                        settings =
                                with(
                                        settings,
                                        settings.withoutClass(),
                                        !Boolean.parseBoolean(value));
                case "without-class" ->
                        settings = with(settings, Boolean.parseBoolean(value), settings.isAlone());
                case "default-backend" ->
                        settings = named(settings, name(value), settings.defaultTlsSecret());
                case "default-tls" ->
                        settings = named(settings, settings.defaultBackend(), name(value));
                default -> throw new IllegalArgumentException(setting.group());
            }
        }
        return new TranslateCase(ManifestReader.read(directory), settings, now);
    }

    Translation translate() {
        return new Translator(settings).translate(state, now);
    }

    private static TranslatorSettings with(
            TranslatorSettings from, boolean withoutClass, boolean isAlone) {
        return new TranslatorSettings(
                from.controllerClass(),
                from.ingressClass(),
                withoutClass,
                isAlone,
                from.defaultBackend(),
                from.defaultTlsSecret(),
                from.nodeName());
    }

    private static TranslatorSettings named(
            TranslatorSettings from, @Nullable ServiceName backend, @Nullable ServiceName secret) {
        return new TranslatorSettings(
                from.controllerClass(),
                from.ingressClass(),
                from.withoutClass(),
                from.isAlone(),
                backend,
                secret,
                from.nodeName());
    }

    private static ServiceName name(String qualified) {
        int slash = qualified.indexOf('/');
        return new ServiceName(qualified.substring(0, slash), qualified.substring(slash + 1));
    }

    private static String withCertificates(String manifests) {
        return PEM.matcher(manifests)
                .replaceAll(match -> {
                    Certificate certificate =
                            CERTIFICATES.computeIfAbsent(
                                    match.group(2),
                                    names ->
                                            SelfSigned.create(
                                                    "test",
                                                    names.isEmpty()
                                                            ? List.of()
                                                            : List.of(names.split(","))));
                    byte[] pem =
                            match.group(1).equals("CERT")
                                    ? certificate.chainPem()
                                    : certificate.keyPem();
                    return Base64.getEncoder()
                            .encodeToString(
                                    new String(pem, StandardCharsets.US_ASCII)
                                            .getBytes(StandardCharsets.US_ASCII));
                });
    }
}
