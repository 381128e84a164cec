package dev.penstock.app.admin;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The dashboard: files that a browser takes as they are, below {@code /ui/}. They load nothing from
 * elsewhere, and a browser is told not to.
 */
public final class UiPages {

    private static final String RESOURCES = "/dev/penstock/app/ui/";

    private static final List<String> FILES =
            List.of(
                    "index.html",
                    "style.css",
                    "icon.svg",
                    "main.js",
                    "dom.js",
                    "store.js",
                    "links.js",
                    "search.js",
                    "overview.js",
                    "routes.js",
                    "services.js",
                    "service.js",
                    "certificates.js",
                    "problems.js",
                    "explain.js",
                    "object.js",
                    "node.js");

    private static final Map<String, String> CONTENT_TYPES =
            Map.of(
                    "html", "text/html; charset=utf-8",
                    "css", "text/css; charset=utf-8",
                    "js", "text/javascript; charset=utf-8",
                    "svg", "image/svg+xml");

    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none';"
                    + " frame-ancestors 'none'";

    private UiPages() {}

    /** The pages by path. */
    public static Map<String, AdminPage> all() {
        Map<String, AdminPage> pages = new HashMap<>();
        for (String file : FILES) {
            pages.put("/ui/" + file, query -> answer(file));
        }
        pages.put("/ui/", query -> answer("index.html"));
        // Relative, so that it holds behind a proxy that puts a path before.
        AdminAnswer moved = AdminAnswer.text(308, "see ui/").with("Location", "ui/");
        pages.put("/ui", query -> moved);
        return pages;
    }

    /**
     * Reads the file when it is asked for: most processes never are, and none waits for it at its
     * start.
     */
    private static AdminAnswer answer(String file) throws IOException {
        String contentType =
                CONTENT_TYPES.getOrDefault(file.substring(file.lastIndexOf('.') + 1), "");
        return new AdminAnswer(200, contentType, read(file))
                .with("Content-Security-Policy", POLICY)
                .with("Referrer-Policy", "no-referrer");
    }

    private static byte[] read(String file) throws IOException {
        try (InputStream in = UiPages.class.getResourceAsStream(RESOURCES + file)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks its file " + file);
            }
            return in.readAllBytes();
        }
    }
}
