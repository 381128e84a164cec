package dev.penstock.e2e.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.logging.Level;
import org.awaitility.Awaitility;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** Chromium without a screen. */
final class Browser implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final ChromeDriver driver;
    private final String base;

    /**
     * @param base the dashboard's address, which ends in a slash
     */
    Browser(String base) {
        this.base = base;
        ChromeOptions options = new ChromeOptions();
        options.setBinary(program("chromium").orElseThrow().toFile());
        options.addArguments("--headless=new", "--disable-gpu", "--window-size=1280,900");
        // As root there is no sandbox; only pages of our own are opened.
        options.addArguments("--no-sandbox", "--disable-dev-shm-usage");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        ChromeDriverService service =
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(program("chromedriver").orElseThrow().toFile())
                        .usingAnyFreePort()
                        .build();
        driver = new ChromeDriver(service, options);
    }

    /** A program on the path. */
    static Optional<Path> program(String name) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    ChromeDriver driver() {
        return driver;
    }

    /** Opens a page, such as {@code #/routes}, anew. */
    void open(String page) {
        driver.get("about:blank");
        driver.get(base + page);
        await(() -> driver.findElements(By.cssSelector("#page > *")).size() > 0);
        await(() -> !text("#page").startsWith("Loading"));
    }

    /** The first element that a CSS selector finds, once there is one. */
    WebElement find(String selector) {
        await(() -> !driver.findElements(By.cssSelector(selector)).isEmpty());
        return driver.findElement(By.cssSelector(selector));
    }

    /** Clicks an element, which may be drawn anew at any moment. */
    void click(String selector) {
        Awaitility.await()
                .atMost(LIMIT)
                .ignoreException(StaleElementReferenceException.class)
                .until(() -> {
                    driver.findElement(By.cssSelector(selector)).click();
                    return true;
                });
    }

    /** The text of an element, or nothing while there is none. */
    String text(String selector) {
        try {
            return driver.findElements(By.cssSelector(selector)).stream()
                    .findFirst()
                    .map(WebElement::getText)
                    .orElse("");
        } catch (StaleElementReferenceException e) {
            return "";
        }
    }

    /** Waits until an element shows a text. */
    void awaitText(String selector, String text) {
        Awaitility.await()
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(text(selector)).contains(text));
    }

    void await(Supplier<Boolean> condition) {
        Awaitility.await().atMost(LIMIT).until(condition::get);
    }

    /** Makes pages light or dark, as the system's setting would. */
    void prefer(String scheme) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "features",
                        List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    /** Keeps a picture of the window below {@code target/screenshots}. */
    void screenshot(String name) throws IOException {
        Path folder = Files.createDirectories(Path.of("target", "screenshots"));
        Files.write(folder.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
    }

    /** What pages have complained about since this was last asked. */
    List<String> complaints() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(Object::toString)
                .toList();
    }

    @Override
    public void close() {
        driver.quit();
    }
}
