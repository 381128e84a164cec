package dev.penstock.e2e.dashboard;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.e2e.harness.Manifests;
import dev.penstock.e2e.harness.PenstockProcess;
import dev.penstock.e2e.harness.TextBackend;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;

/** Each page and control of {@code /ui}, used as a person would. */
@TestInstance(Lifecycle.PER_CLASS)
class DashboardTest {

    private static final String MARKUP = "<img src=x onerror=alert(1)>";

    private static final String NOT_READY =
            """
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: web-2, labels: {kubernetes.io/service-name: web}}
            addressType: IPv4
            ports: [{name: main, port: 9}]
            endpoints: [{addresses: [127.0.0.2], conditions: {ready: false}, targetRef: {kind: Pod, name: slow-pod, namespace: default}}]
            """;

    private @Nullable TextBackend backend;
    private @Nullable PenstockProcess penstock;
    private @Nullable Browser browser;

    @BeforeAll
    void start(@TempDir Path manifests) throws IOException {
        assumeTrue(
                Browser.program("chromium").isPresent()
                        && Browser.program("chromedriver").isPresent(),
                "needs chromium and chromedriver (Debian: chromium, chromium-driver)");
        backend = new TextBackend("hello");
        Files.writeString(
                manifests.resolve("all.yaml"),
                Manifests.service("web", backend.port())
                        + Manifests.ingress("shop", "shop.example.com", "web", "{}")
                        + Manifests.ingress("blog", "'*.blog.example.com'", "web", "{}")
                        + Manifests.ingress("lost", "lost.example.com", "nowhere", "{}")
                        + Manifests.ingress(
                                "odd",
                                "odd.example.com",
                                "web",
                                "{penstock.dev/backend-protocol: \"" + MARKUP + "\"}")
                        + NOT_READY);
        penstock =
                PenstockProcess.serve(
                        manifests,
                        "--node-proxy",
                        "userspace",
                        "--no-redirect",
                        "--healthz-address",
                        "127.0.0.1:0");
        browser = new Browser("http://127.0.0.1:" + penstock.adminPort() + "/ui/");
    }

    @AfterAll
    void stop() {
        if (browser != null) {
            browser.close();
        }
        if (penstock != null) {
            penstock.close();
        }
        if (backend != null) {
            backend.close();
        }
    }

    @AfterEach
    void pagesHadNothingToComplainAbout() {
        assertThat(browser().complaints()).isEmpty();
    }

    private Browser browser() {
        return requireNonNull(browser);
    }

    private int ask(String host) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + requireNonNull(penstock).httpPort() + "/");
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(uri).header("Host", host).build(),
                            BodyHandlers.discarding())
                    .statusCode();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "overview, Overview",
        "routes, Routes",
        "services, Services",
        "certificates, Certificates",
        "problems, Problems",
        "explain, Explain",
        "node, Node",
        "object/Ingress/default/odd, Ingress default/odd",
        "service/default/web, Service default/web"
    })
    void everyPageIsReadableInLightAndDark(String page, String title) throws IOException {
        for (String scheme : List.of("light", "dark")) {
            browser().prefer(scheme);
            browser().open("#/" + page);
            browser().awaitText("h1", title);
            assertThat(browser().driver().executeScript(contrast()))
                    .as("texts with too little contrast, %s", scheme)
                    .isEqualTo(List.of());
            browser().screenshot(page.replace('/', '-') + "-" + scheme);
        }
    }

    private static String contrast() throws IOException {
        try (InputStream in =
                requireNonNull(DashboardTest.class.getResourceAsStream("contrast.js"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void theNavigationLeadsToEveryPage() {
        browser().open("");
        for (String name :
                List.of("Routes", "Services", "Certificates", "Problems", "Explain", "Node")) {
            browser().click("nav a[href='#/" + name.toLowerCase(Locale.ROOT) + "']");
            browser().awaitText("h1", name);
            assertThat(browser().text("nav a[aria-current]")).startsWith(name);
        }
        browser().click("nav a[href='#/overview']");
        browser().awaitText("h1", "Overview");
    }

    @Test
    void theOverviewCountsTraffic() throws Exception {
        browser().open("#/overview");
        browser()
                .await(() -> {
                    try {
                        assertThat(ask("shop.example.com")).isEqualTo(200);
                    } catch (IOException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    return !browser().text(".tiles > div:first-child dd").matches("0|");
                });
        assertThat(browser().find(".chart polyline").getDomAttribute("points")).isNotEmpty();
    }

    @Test
    void aRouteThatFailsShowsItsErrors() throws Exception {
        browser().open("#/routes");
        browser()
                .await(() -> {
                    try {
                        assertThat(ask("lost.example.com")).isEqualTo(503);
                    } catch (IOException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    return browser().text("main").contains("100 %");
                });
    }

    @Test
    void searchKeepsTheRoutesWithAllWords() {
        browser().open("#/routes");
        browser().driver().findElement(By.tagName("body")).sendKeys("/");
        WebElement field = browser().driver().switchTo().activeElement();
        assertThat(field.getDomAttribute("type")).isEqualTo("search");
        assertThat(field.getDomProperty("value")).isEmpty();
        field.sendKeys("blog web");
        browser().awaitText("caption", "Routes: 1");
        assertThat(browser().text("tbody")).contains("*.blog.example.com");
        field.sendKeys(" nonsense");
        browser().awaitText(".table", "Routes: none");
    }

    @Test
    void aClickOnAColumnSortsByItAndAnotherTurnsTheOrder() {
        browser().open("#/routes");
        browser().click("[data-key='sort-From']");
        browser().awaitText("tbody tr:first-child", "default/blog");
        browser().click("[data-key='sort-From']");
        browser().awaitText("tbody tr:first-child", "default/shop");
        assertThat(browser().find("th[aria-sort]").getDomAttribute("aria-sort"))
                .isEqualTo("descending");
    }

    @Test
    void anObjectShowsWhatItBecameAndItsProblemsAndItsTextIsNoMarkup() {
        browser().open("#/problems");
        browser().click("[data-key='object Ingress default odd']");
        browser().awaitText("h1", "Ingress default/odd");
        browser().awaitText("main", "odd.example.com");
        browser().awaitText("main", MARKUP);
        assertThat(browser().driver().findElements(By.cssSelector("main img"))).isEmpty();
    }

    @Test
    void aServiceSaysWhyAnEndpointIsNotUsed() {
        browser().open("#/services");
        browser().awaitText("tbody", "1 of 2");
        browser().click("[data-key='service default web']");
        browser().awaitText("h1", "Service default/web");
        browser().awaitText("main", "127.0.0.2:9");
        String row =
                browser().driver().findElements(By.cssSelector("tbody tr")).stream()
                        .map(WebElement::getText)
                        .filter(text -> text.contains("127.0.0.2:9"))
                        .findFirst()
                        .orElseThrow();
        assertThat(row).contains(" no ").contains("not ready").contains("slow-pod");
        browser().awaitText("main", "Routes that lead here");
    }

    @Test
    void explainNamesTheWinnerTheLosersAndTheEndpoints() {
        browser().open("#/explain");
        browser().find("input[name=url]").sendKeys("http://shop.example.com/cart");
        browser().find("textarea").sendKeys("X-Test: 1");
        browser().find("select").sendKeys("POST");
        browser().click("form button");
        browser().awaitText("#explanation", "forwarded to default/web:main");
        browser().awaitText("#explanation", "Ingress default/shop");
        browser().awaitText("#explanation", "not ready");

        WebElement url = browser().find("input[name=url]");
        url.clear();
        url.sendKeys("http://other.example.com/" + Keys.ENTER);
        browser().awaitText("#explanation", "404");
        url.clear();
        url.sendKeys("nonsense" + Keys.ENTER);
        browser().awaitText("#explanation", "nonsense");
        // The answer 400 is what was asked for; the browser logs it all the same.
        assertThat(browser().complaints()).allMatch(line -> line.contains("400"));
    }

    @Test
    void aRouteLeadsToItsExplanation() {
        browser().open("#/routes");
        browser().click("[data-key='explain http://shop.example.com/']");
        browser().awaitText("#explanation", "forwarded to default/web:main");
    }

    @Test
    void theNodePageShowsTheRulesOfThisProcess() {
        browser().open("#/node");
        browser().awaitText("main", "userspace");
        browser().awaitText("main", "up to date");
    }

    @Test
    void theColoursThatAPersonChoseStay() {
        browser().prefer("light");
        browser().open("#/overview");
        String system = browser().driver().findElement(By.tagName("body")).getCssValue("color");
        browser().click("#theme");
        browser().awaitText("#theme", "light");
        browser().click("#theme");
        browser().awaitText("#theme", "dark");
        browser().open("#/routes");
        browser().awaitText("#theme", "dark");
        assertThat(browser().driver().findElement(By.tagName("body")).getCssValue("color"))
                .isNotEqualTo(system);
        browser().click("#theme");
        browser().awaitText("#theme", "system");
    }

    @Test
    void thePageIsUsableByKeyboard() {
        browser().open("#/overview");
        browser().driver().executeScript("document.activeElement.blur()");
        WebElement body = browser().driver().findElement(By.tagName("body"));
        body.sendKeys(Keys.TAB);
        assertThat(browser().driver().switchTo().activeElement().getText())
                .isEqualTo("Skip to the content");
        for (int i = 0; i < 2; i++) {
            browser().driver().switchTo().activeElement().sendKeys(Keys.TAB);
        }
        browser().driver().switchTo().activeElement().sendKeys(Keys.ENTER);
        browser().awaitText("h1", "Routes");
        // A redraw, which comes every two seconds, must leave the focus where it is.
        WebElement sort = browser().find("[data-key='sort-Path']");
        sort.sendKeys(Keys.ENTER);
        browser().await(() -> stale(sort));
        assertThat(browser().driver().switchTo().activeElement().getDomAttribute("data-key"))
                .isEqualTo("sort-Path");
    }

    private static boolean stale(WebElement element) {
        try {
            element.isEnabled();
            return false;
        } catch (StaleElementReferenceException e) {
            return true;
        }
    }
}
