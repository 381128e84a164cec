package dev.penstock.app.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LogLevelsTest {

    private static final Logger logger = LoggerFactory.getLogger("dev.penstock.test.Some");

    @BeforeEach
    @AfterEach
    void asAtTheStart() {
        LogLevels.reset("info");
    }

    @Test
    void oneLoggerCanSayMore() {
        assertThat(logger.isDebugEnabled()).isFalse();
        LogLevels.change("dev.penstock.test.Some", "debug");
        assertThat(logger.isDebugEnabled()).isTrue();
        assertThat(LoggerFactory.getLogger("dev.penstock.test.Other").isDebugEnabled()).isFalse();
        assertThat(LogLevels.all()).containsEntry("dev.penstock.test.Some", "debug");
    }

    @Test
    void aLevelHoldsForAllBelow() {
        LogLevels.change("dev.penstock.test", "error");
        assertThat(logger.isWarnEnabled()).isFalse();
        assertThat(LogLevels.of("dev.penstock.test.Some")).isEqualTo("error");
        LogLevels.change("dev.penstock.test", LogLevels.INHERIT);
        assertThat(LogLevels.of("dev.penstock.test.Some")).isEqualTo("info");
        assertThat(LogLevels.all()).doesNotContainKey("dev.penstock.test");
    }

    @Test
    void allCanBeSetAsAtTheStart() {
        LogLevels.change("dev.penstock.test", "trace");
        LogLevels.reset("warn");
        assertThat(LogLevels.all())
                .containsEntry("ROOT", "warn")
                .containsEntry("dev.penstock", "warn")
                .doesNotContainKey("dev.penstock.test");
    }

    @ParameterizedTest
    @CsvSource({
        "dev.penstock.test, loud",
        "dev.penstock.test, ''",
        "dev.penstok, debug",
        "ROOT, inherit"
    })
    void whatCannotBeMeantIsRefused(String name, String level) {
        assertThatThrownBy(() -> LogLevels.change(name, level))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LogLevels.reset("off"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
