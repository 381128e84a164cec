package dev.penstock.app.admin;

import dev.penstock.app.log.LogLevels;
import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * {@code /loggers}: the levels of loggers. With {@code name} that of one, as it counts; by PUT with
 * {@code level} it is changed, or, without {@code name}, all are.
 */
public final class LoggersPage implements ChangingPage {

    private static final Logger log = LoggerFactory.getLogger(LoggersPage.class);
    private static final JsonFactory JSON = new JsonFactory();

    @Override
    public AdminAnswer answer(AdminQuery query) {
        String name = query.first("name");
        if (name == null) {
            return json(LogLevels.all());
        }
        String level = LogLevels.of(name);
        return level == null
                ? AdminAnswer.text(404, "no such logger yet")
                : json(new TreeMap<>(Map.of(name, level)));
    }

    @Override
    public AdminAnswer change(AdminQuery query) {
        String name = query.first("name");
        String level = query.first("level");
        if (level == null) {
            throw new IllegalArgumentException("level is missing");
        }
        if (name == null) {
            LogLevels.reset(level);
            log.info("Log levels are as with --log-level {}", level);
        } else {
            LogLevels.change(name, level);
            log.info("The log level of {} is {}", name, LogLevels.of(name));
        }
        return json(LogLevels.all());
    }

    private static AdminAnswer json(SortedMap<String, String> levels) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            out.writeStartObject();
            levels.forEach(out::writeStringProperty);
            out.writeEndObject();
        }
        return AdminAnswer.json(200, bytes.toByteArray());
    }
}
